"""Phones that write through whatever happens, and know what was acknowledged."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

import httpx

from tests.faults.answers import REFRESH, Answers
from tests.service import an_entry

CHANGES = "/v1/sync/changes"
PAGE = 200
PUSHED = 10
LOST_REPLIES = 0.03
"""The share of answers that a phone does not hear, though the server gave them."""

PATIENCE_SECONDS = 90.0
TOKEN_MARGIN_SECONDS = 2.0
"""So much earlier than promised a token may be over: lives are told in whole seconds."""

HEARD_OUT = (httpx.codes.UNAUTHORIZED, httpx.codes.PRECONDITION_FAILED)
"""Refusals that a phone has a way out of."""

# What an answer holds is for its reader to say.
Json = Any
Ask = Callable[[httpx.Client], httpx.Response]


class Lost(Exception):
    """No answer came, or one that says to come back, or a wrong one."""


class Found(NamedTuple):
    """What a look at the journal found: acknowledged changes that lack, and doubled ones.

    And how many wrong answers its phone heard until then.
    """

    lost: int
    doubled: int
    wrong: int = 0


@dataclass(slots=True)
class Deed:
    """A request that is repeated until it is acknowledged, and what it makes true."""

    ask: Ask
    scores: dict[str, float]
    """By entry; each is one effective change."""


@dataclass(slots=True)
class Phone:
    """One patient's phone: one request at a time, repeated until it was answered."""

    tokens: dict[str, str]
    """`access_token` and `refresh_token`, the newest pair that was heard of."""
    random: Random
    scores: dict[str, float] = field(default_factory=dict)
    """What was acknowledged: the newest score of each entry."""
    revisions: dict[str, int] = field(default_factory=dict)
    changes: int = 0
    """How many effective changes were acknowledged."""
    pending: Deed | None = None
    answers: Answers = field(default_factory=Answers)
    """Every answer that arrives, those that this phone then does not hear included."""
    listener: Callable[[httpx.Response], None] = lambda answer: None
    """Is told of every answer as well."""
    _lives_until: float = 0.0
    """Before this moment nothing may call the access token invalid."""

    def work(self, url: str, over: Callable[[], bool]) -> None:
        """Write until `over`, repeating what was not answered; the last deed may then wait."""
        with self.client(url) as http:
            while not over():
                try:
                    self.do(http)
                except Lost:
                    time.sleep(0.01)

    def settle(self, url: str) -> None:
        """Repeat the deed that waits until it is acknowledged. Raises TimeoutError."""
        until = time.monotonic() + PATIENCE_SECONDS
        while self.pending is not None:
            with self.client(url) as http:
                try:
                    self.do(http)
                except Lost:
                    if time.monotonic() > until:
                        raise TimeoutError(f"no way back: {self.answers}") from None
                    time.sleep(0.05)

    def do(self, http: httpx.Client) -> None:
        """The deed that waits, or a new one. Raises Lost, and then it waits."""
        deed = self.pending = self.pending or self._deed()
        answer = self._heard(http, deed.ask)
        if self.random.random() < LOST_REPLIES:
            raise Lost
        if answer.status_code == 412:
            self._look_again(http, deed)
            return
        self._note(deed, answer)

    def found(self, url: str) -> Found:
        """Read the whole journal and compare. Raises TimeoutError."""
        seen, head = self._read_at_last(url)
        lost = sum(seen.get(each) != score for each, score in self.scores.items())
        doubled = len(seen.keys() - self.scores.keys()) + max(0, head - 1 - self.changes)
        lost += max(0, self.changes - (head - 1))
        return Found(lost, doubled, self.answers.wrong.total())

    def client(self, url: str, transport: httpx.BaseTransport | None = None) -> httpx.Client:
        """Signed in; whatever it is answered is counted."""
        headers = self._authorization()
        hooks = {"response": [self.answers.hear, self.listener]}
        return httpx.Client(
            base_url=url, headers=headers, timeout=30, event_hooks=hooks, transport=transport
        )

    def _heard(self, http: httpx.Client, ask: Ask) -> httpx.Response:
        """The answer, with new tokens if the old one has run out. Raises Lost."""
        answer = heard(http, ask)
        if answer.status_code != httpx.codes.UNAUTHORIZED:
            return answer
        if time.monotonic() < self._lives_until:
            self.answers.wrong["401 for a token that is not over"] += 1
        self._refresh(http)
        return heard(http, ask)

    def _refresh(self, http: httpx.Client) -> None:
        """Take the next pair; who did not hear of it asks again with the same. Raises Lost."""
        body, asked = {"refresh_token": self.tokens["refresh_token"]}, time.monotonic()
        answer = heard(http, lambda client: client.post(REFRESH, json=body))
        if self.random.random() < LOST_REPLIES:
            raise Lost
        told = answer.json()
        self.tokens = {name: told[name] for name in ("access_token", "refresh_token")}
        self._lives_until = asked + told["expires_in"] - TOKEN_MARGIN_SECONDS
        http.headers.update(self._authorization())

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    def _deed(self) -> Deed:
        kinds = [self._create, self._check_in, self._push]
        return self.random.choice([*kinds, self._patch] if self.scores else kinds)()

    def _create(self) -> Deed:
        draft = self._draft()
        return Deed(lambda http: http.post("/v1/entries", json=draft), scores_of([draft]))

    def _check_in(self) -> Deed:
        draft = self._draft()
        shared = {name: draft.pop(name) for name in ("occurred_at", "time_zone")}
        part = {name: draft[name] for name in ("id", "score")}
        body = {**shared, "mood": part}
        return Deed(lambda http: http.post("/v1/check-ins", json=body), scores_of([part]))

    def _push(self) -> Deed:
        drafts = [self._draft() for _ in range(PUSHED)]
        items = [{"id": each["id"], "op": "upsert", "data": without_id(each)} for each in drafts]
        body = {"device_id": "faulty", "changes": items}
        return Deed(lambda http: http.post(CHANGES, json=body), scores_of(drafts))

    def _patch(self) -> Deed:
        entry = self.random.choice([*self.revisions])
        score = (self.scores[entry] + 0.5) % 10
        headers = {"If-Match": f'"{self.revisions[entry]}"'}
        path, body = f"/v1/entries/{entry}", {"score": score}
        return Deed(lambda http: http.patch(path, json=body, headers=headers), {entry: score})

    def _draft(self) -> dict[str, Json]:
        number = UUID(int=self.random.getrandbits(128), version=4)
        return an_entry(id=str(number), score=self.random.randrange(21) / 2)

    def _look_again(self, http: httpx.Client, deed: Deed) -> None:
        """A change moved on without our hearing of it: it was this one, for nobody else writes."""
        ((entry, score),) = deed.scores.items()
        answer = self._heard(http, lambda client: client.get(f"/v1/entries/{entry}"))
        if answer.json()["score"] != score:
            raise AssertionError("somebody else changed this entry")
        self._note(deed, answer)

    def _note(self, deed: Deed, answer: httpx.Response) -> None:
        if not answer.is_success:  # a new token that does not work, or a second 412
            raise AssertionError(f"a deed was refused: {answer.status_code} {answer.text}")
        body = answer.json()
        refused = {each["status"] for each in body.get("results", [])} - {"applied", "unchanged"}
        if refused:
            raise AssertionError(f"an item was refused: {refused}")
        self.revisions |= revisions_of(body)
        self.scores |= deed.scores
        self.changes += len(deed.scores)
        self.pending = None

    def _read_at_last(self, url: str) -> tuple[dict[str, float], int]:
        """What `_read` says, as soon as it is answered. Raises TimeoutError."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with self.client(url) as http:
                    return self._read(http)
            except Lost:
                if time.monotonic() > until:
                    raise TimeoutError(f"no way to read: {self.answers}") from None
                time.sleep(0.05)

    def _read(self, http: httpx.Client) -> tuple[dict[str, float], int]:
        """The score of every entry, and the journal's head."""
        seen: dict[str, float] = {}
        cursor, more = 0, True
        while more:
            query = {"cursor": cursor, "limit": PAGE}
            page = self._heard(http, lambda client: client.get(CHANGES, params=query)).json()  # noqa: B023
            seen |= {each["id"]: each["entry"]["score"] for each in page["changes"]}
            cursor, more = page["cursor"], page["has_more"]
        return seen, cursor


def heard(http: httpx.Client, ask: Ask) -> httpx.Response:
    """The answer. Raises Lost when none came, or one that a phone can do nothing with."""
    try:
        answer = ask(http)
    except httpx.TransportError:
        raise Lost from None
    if not (answer.is_success or answer.status_code in HEARD_OUT):
        raise Lost
    return answer


def scores_of(drafts: list[dict[str, Json]]) -> dict[str, float]:
    """What the drafts make true."""
    return {each["id"]: each["score"] for each in drafts}


def without_id(draft: dict[str, Json]) -> dict[str, Json]:
    """The content of a draft, as a push carries it."""
    return {name: value for name, value in draft.items() if name != "id"}


def revisions_of(body: dict[str, Json]) -> dict[str, int]:
    """The revisions that an answer tells, by entry."""
    return {each["id"]: each["revision"] for each in _entries_of(body)}


def _entries_of(body: dict[str, Json]) -> Iterator[dict[str, Json]]:
    if "results" in body:
        yield from body["results"]
    elif "items" in body:
        yield from (each["entry"] for each in body["items"])
    else:
        yield body.get("entry", body)
