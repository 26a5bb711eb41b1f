"""A phone as the guide describes it: rows with their base, an outbox, and a merge by member."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.sync.merging import (
    Content,
    content_of,
    held_of,
    merged,
    patch_between,
    taken_of,
)

Item = dict[str, Any]
CHANGES = "/v1/sync/changes"
FAR = 2**29  # A restore lifts numbers by 2^30, less the few that were lost: edits never do.
MOST_ITEMS = 200
NOT_FOUND, RESET, TOO_LARGE = 404, 410, 413


Ask = Callable[..., Awaitable[httpx.Response]]
"""Sends a request of a method to a path; raises httpx.TransportError when it is lost."""


class TryLater(Exception):
    """The server could not answer: the same request is repeated after a wait."""


@dataclass(slots=True)
class Row:
    """One entry on the phone. `base` is the server's content when last seen, None before that."""

    local: Content | None
    base: Content | None = None
    base_revision: int = 0
    sent: list[Content] = field(default_factory=list)
    refused: Content | None = None

    @property
    def dirty(self) -> bool:
        """Whether the server has to hear of it; `local` None is a deletion."""
        if self.local is None or self.base is None:
            return self.local is None or self.local != self.refused
        return self.local not in (self.base, self.refused)


class Phone:
    """An installation: its rows outlive every lost request and every repeated one."""

    def __init__(self, device_id: str, ask: Ask, limit: int = 200) -> None:
        """`limit` is the size of the pages it reads."""
        self.device_id = device_id
        self.rows: dict[str, Row] = {}
        self.buried: set[str] = set()
        self.cursor = 0
        self._ask = ask
        self._limit = limit
        self._seen: set[str] | None = None

    def write(self, entry_id: str, content: Content) -> None:
        """The patient writes a new entry, or changes one."""
        row = self.rows.setdefault(entry_id, Row(None))
        row.local = dict(content)

    def remove(self, entry_id: str) -> None:
        """The patient deletes an entry."""
        self.rows[entry_id].local = None

    async def sync(self, rounds: int = 20) -> None:
        """Pull to the end, push, and again until nothing is left to be sent."""
        for _ in range(rounds):
            while await self.pull_page():
                pass
            if not await self.push():
                return

    async def pull_page(self) -> bool:
        """Read one page and merge it; whether there is more."""
        query = {"cursor": self.cursor, "limit": self._limit, "device_id": self.device_id}
        answer = await self._ask("GET", CHANGES, params=query)
        if answer.status_code == RESET:
            self.cursor, self._seen = 0, set()
            return True
        page = _json_of(answer)
        for change in page["changes"]:
            await self._absorb(change)
        self.cursor = page["cursor"]
        if not page["has_more"]:
            self._end_of_full_read()
        return bool(page["has_more"])

    async def push(self) -> bool:
        """Send what is dirty, halving what is too large; whether another round is due."""
        again, items, most = False, self.outbox(), MOST_ITEMS
        while items:
            batch = items[:most]
            answer = await self.send(batch)
            if answer.status_code == TOO_LARGE:
                most = max(1, len(batch) // 2)
                continue
            items = items[most:]
            again |= await self.take_results(batch, answer)
        return again

    def outbox(self) -> list[Item]:
        """An item for each dirty row, sessions before what may be linked to them."""
        dirty = [(each, row) for each, row in self.rows.items() if row.dirty]
        return sorted((_item(each, row) for each, row in dirty), key=_sessions_first)

    async def send(self, batch: list[Item]) -> httpx.Response:
        """Send a batch. What was sent is remembered until an answer speaks of it."""
        for item in batch:
            row = self.rows[item["id"]]
            if row.local is not None:
                row.sent = [each for each in row.sent if each != row.local] + [dict(row.local)]
        body = {"device_id": self.device_id, "changes": batch}
        return await self._ask("POST", CHANGES, json=body)

    async def take_results(self, batch: list[Item], answer: httpx.Response) -> bool:
        """Take the results of a batch in; whether another round is due."""
        results = _json_of(answer)["results"]
        again = False
        for item, result in zip(batch, results, strict=True):
            again |= await self._take_result(item, result)
        return again

    async def _take_result(self, item: Item, result: dict[str, Any]) -> bool:
        row, status = self.rows.get(item["id"]), result["status"]
        if row is None:
            return False
        if status == "rejected":
            refused = row.sent.pop()
            row.refused = None if self._waits_for_its_session(refused, result) else refused
        elif status == "missing":
            if row.base is None:  # it was whole already: what it lacks is to be told
                row.base_revision = 0
            row.base = None
        elif status in ("applied", "unchanged") and item["op"] == "upsert":
            sent = row.sent[-1]
            held = held_of(sent, result["entry"]) if status == "applied" else sent
            self._rebase(row, held, result)
        else:
            await self._absorb(result)
        return status in ("conflict", "missing")

    def _waits_for_its_session(self, refused: Content, result: dict[str, Any]) -> bool:
        """A deleted session does not come any more: that is to be told."""
        deleted = refused.get("session_id") in self.buried
        return bool(result["error"]["code"] == "session_not_found" and not deleted)

    async def _absorb(self, change: dict[str, Any]) -> None:
        """Merge the server's state of one entry into the phone's."""
        entry_id = change["id"]
        if self._seen is not None:
            self._seen.add(entry_id)
        if change["deleted"]:
            self.rows.pop(entry_id, None)
            self.buried.add(entry_id)
        elif entry_id not in self.rows:
            content = content_of(change["entry"])
            local = None if entry_id in self.buried else dict(content)
            self.rows[entry_id] = Row(local, content, change["revision"])
        elif change["revision"] != self.rows[entry_id].base_revision:
            row = self.rows[entry_id]
            self._rebase(row, await self._merge_base(row, change), change)

    async def _merge_base(self, row: Row, change: dict[str, Any]) -> Content:
        """What both sides started from."""
        own, revision = change.get("own"), change["revision"]
        if own and own["revision"] > row.base_revision:
            return content_of(own["entry"])
        if row.base is None:
            return {}
        taken = None if own else taken_of(row.base, row.sent, change["entry"])
        if taken is not None:  # its answer was lost
            return held_of(taken, change["entry"])
        if revision < row.base_revision:  # the server was restored and lost what this phone knows
            return content_of(change["entry"])
        if revision >= row.base_revision + FAR:
            return await self._known_base(change["id"], row)
        return row.base

    async def _known_base(self, entry_id: str, row: Row) -> Content:
        """After a restore: the base if the server still knows it, else what it grew from."""
        query: dict[str, Any] = {"limit": 200}
        while True:
            answer = await self._ask("GET", f"/v1/entries/{entry_id}/history", params=query)
            if answer.status_code == NOT_FOUND:  # deleted since: its tombstone comes later
                return {}
            page = _json_of(answer)
            for version in page["items"]:
                if version["revision"] <= row.base_revision:
                    return content_of(version["entry"])
            if "next_cursor" not in page:
                return {}
            query["cursor"] = page["next_cursor"]

    def _rebase(self, row: Row, merge_base: Content, change: dict[str, Any]) -> None:
        remote = content_of(change["entry"])
        if row.local is not None:
            row.local = merged(merge_base, row.local, remote, row.sent)
        row.base, row.base_revision, row.sent = remote, change["revision"], []
        if remote["kind"] == "session":
            self._reconsider(change["id"])

    def _reconsider(self, session_id: str) -> None:
        """What was refused because of a session may fit once that has changed."""
        for row in self.rows.values():
            if row.local is not None and row.local.get("session_id") == session_id:
                row.refused = None

    def _end_of_full_read(self) -> None:
        """After a reset: what the full read lacks was lost by the server, and is sent whole."""
        if self._seen is None:
            return
        for entry_id, row in self.rows.items():
            if entry_id not in self._seen:
                row.base = None
        self._seen = None


def _item(entry_id: str, row: Row) -> Item:
    if row.local is None:
        return {"id": entry_id, "op": "delete", "base_revision": row.base_revision}
    data = row.local if row.base is None else patch_between(row.base, row.local)
    data = {"kind": row.local["kind"], **data}
    return {"id": entry_id, "op": "upsert", "base_revision": row.base_revision, "data": data}


def _sessions_first(item: Item) -> bool:
    return bool(item.get("data", {}).get("kind") != "session")


def _json_of(answer: httpx.Response) -> dict[str, Any]:
    """Raises TryLater for what a wait mends, and AssertionError for what a client must not meet."""
    if answer.status_code in (408, 429, 500, 502, 503, 504):
        raise TryLater
    assert answer.status_code == 200, (answer.status_code, answer.text)
    body: dict[str, Any] = answer.json()
    return body
