"""What the phones of a steady load ask, in turns, and what they learn from the answers."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import cycle, islice
from random import Random
from time import monotonic
from typing import NamedTuple

from benchmarks.diary import DEVICE
from benchmarks.load import wire
from benchmarks.steady.phones import DAYS, Phone, Writing

PUSHED = 5
"""Entries in one push."""

REFRESH_SECONDS = 240.0
"""Access tokens live ten minutes; a phone gets a new pair in good time."""

CURSOR = re.compile(rb'"cursor":(\d+)')
TAG = re.compile(rb"(?im)^etag: *([^\r\n]+)")
REVISION = re.compile(rb'(?im)^etag: *"(\d+)"')
OK = {"create": {201}, "trend again": {200, 304}}
"""What the kinds of request are answered with that are not answered with 200 alone."""

READS = {"list": 14, "pull": 10, "trend": 5, "trend again": 4, "profile": 5, "share": 2}
WRITES = {"create": 4, "change": 2, "push": 4}
ENTRIES = {"create": 1, "change": 1, "push": PUSHED}
"""How many entries a write of each kind writes."""

MIXES = {"usual": READS | WRITES, "saves": {"create": 4, "change": 1}}
"""So many requests of each kind in a round."""


class Deed(NamedTuple):
    """One request of a phone, and what its answer means."""

    kind: str
    phone: Phone
    request: bytes
    heard: Callable[[bytes, bytes], bool]
    """Takes head and body of an answer with the right status; whether it is as it should be."""


class Crowd:
    """All phones of a run; in turns they do what a mix says."""

    def __init__(
        self,
        phones: Sequence[Phone],
        writing: Writing,
        mix: str,
        *,
        refresh_seconds: float = REFRESH_SECONDS,
    ) -> None:
        """`mix` is one of `MIXES`."""
        self.phones, self._writing = phones, writing
        self._refresh_seconds = refresh_seconds
        self._kinds = [kind for kind, times in MIXES[mix].items() for _ in range(times)]
        self._chance, self._round = Random(16), -1
        last = writing.last
        self._trend = f"/v1/trends/daily?metric=mood&from={last - timedelta(DAYS - 1)}&to={last}"
        self._turns = cycle(phones)
        # They did not begin in the same moment, so they do not refresh in the same.
        for place, phone in enumerate(phones):
            phone.refreshed = monotonic() - refresh_seconds * place / len(phones)

    def next(self, number: int) -> Deed | None:
        """The n-th request of the run, in order; instead of it a refresh, where one is due.

        None when no phone can do it before another answer has come: then ask again for the same.
        """
        turn, place = divmod(number, len(self._kinds))
        if turn != self._round:  # else each phone would ask the same kind over and over
            self._chance.shuffle(self._kinds)
            self._round = turn
        kind = self._kinds[place]
        for phone in islice(self._turns, len(self.phones)):
            deed = self._deed(phone, kind)
            if deed is not None:
                phone.under_way += 1
                return deed
        return None

    def _deed(self, phone: Phone, kind: str) -> Deed | None:
        """None for a phone that cannot do this now."""
        if monotonic() - phone.refreshed > self._refresh_seconds:
            # Requests that carry the old token are answered first: then it may end.
            return None if phone.under_way else self._refresh(phone)
        if kind in WRITES:
            return self._write(phone, kind)
        return self._read(phone, kind)

    def _read(self, phone: Phone, kind: str) -> Deed:
        if kind == "share":
            path = f"/shl/{phone.link}?recipient=Dr%20Lee"
            return Deed(kind, phone, wire("GET", path), _fine)
        if kind.startswith("trend"):
            return self.trend(phone, kind)
        if kind == "pull":
            path = f"/v1/sync/changes?cursor={phone.cursor}&limit=200"
            request = wire("GET", path, phone.token)
            return Deed(kind, phone, request, lambda _, body: _pulled(phone, body))
        path = "/v1/profile" if kind == "profile" else "/v1/entries?limit=50"
        return Deed(kind, phone, wire("GET", path, phone.token), _fine)

    def trend(self, phone: Phone, kind: str) -> Deed:
        """A year of days; `trend again` names what the phone has."""
        request = wire("GET", self._trend, phone.token)
        if kind == "trend again" and phone.tag:
            head = b"\r\nIf-None-Match: " + phone.tag + b"\r\n\r\n"
            request = request.removesuffix(b"\r\n\r\n") + head
        return Deed(kind, phone, request, lambda head, _: _tagged(phone, head))

    def _write(self, phone: Phone, kind: str) -> Deed | None:
        if kind == "change":
            return self._change(phone)
        return self.creation(phone, kind, ENTRIES[kind])

    def creation(self, phone: Phone, kind: str, entries: int) -> Deed:
        """New entries: one by itself, or several in a push."""
        first = self._writing.take(entries)
        phone.unsure[first] = entries
        drafts = [
            (self._writing.id(first + n), self._writing.content(first + n, phone.sent + n))
            for n in range(entries)
        ]
        phone.sent += entries
        if kind == "create":
            ((entry_id, content),) = drafts
            body, path = {"id": entry_id, **content}, "/v1/entries"
        else:
            items = [{"id": each, "op": "upsert", "data": content} for each, content in drafts]
            body, path = {"device_id": DEVICE, "changes": items}, "/v1/sync/changes"

        def heard(_head: bytes, answer: bytes) -> bool:
            if kind == "push" and answer.count(b'"status":"applied"') != entries:
                return False
            del phone.unsure[first]
            phone.created.extend(range(first, first + entries))
            phone.changes += entries
            return True

        return Deed(kind, phone, wire("POST", path, phone.token, json.dumps(body).encode()), heard)

    def _change(self, phone: Phone) -> Deed | None:
        entry = next((each for each in phone.changing if not each.busy), None)
        if entry is None:
            return None
        entry.busy = True
        score = (entry.score + 0.5) % 10
        line = f'If-Match: "{entry.revision}"\r\n'.encode()
        request = wire(
            "PATCH", f"/v1/entries/{entry.id}", phone.token, json.dumps({"score": score}).encode()
        )
        request = request.replace(b"Content-Type", line + b"Content-Type", 1)

        def heard(head: bytes, _body: bytes) -> bool:
            found = REVISION.search(head)
            if found is None:
                return False
            entry.revision, entry.score, entry.busy = int(found[1]), score, False
            phone.changes += 1
            return True

        return Deed("change", phone, request, heard)

    def _refresh(self, phone: Phone) -> Deed:
        phone.refreshed = monotonic()
        body = json.dumps({"refresh_token": phone.refresh_token}).encode()

        def heard(_head: bytes, answer: bytes) -> bool:
            pair = json.loads(answer)
            phone.token, phone.refresh_token = pair["access_token"], pair["refresh_token"]
            return True

        return Deed("refresh", phone, wire("POST", "/v1/tokens/refresh", body=body), heard)


def is_expected(kind: str, status: int) -> bool:
    """Whether a request of this kind is answered so when all is well."""
    return status in OK.get(kind, {200})


def _fine(_head: bytes, _body: bytes) -> bool:
    return True


def _tagged(phone: Phone, head: bytes) -> bool:
    found = TAG.search(head)
    phone.tag = found[1] if found else b""
    return found is not None


def _pulled(phone: Phone, body: bytes) -> bool:
    found = CURSOR.search(body, max(0, len(body) - 100))
    if found is None:
        return False
    phone.cursor = max(phone.cursor, int(found[1]))
    return True
