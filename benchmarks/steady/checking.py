"""After a steady load: whether every acknowledged write is there, once."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from benchmarks.load import ask, wire
from benchmarks.steady.phones import Phone, Writing, score_of

AT_ONCE = 4
PAGE = 200


class Found(NamedTuple):
    """Entries that were looked at; acknowledged writes that lack, and doubled ones."""

    entries: int
    lost: int
    doubled: int


def compared(port: int, phones: Sequence[Phone], writing: Writing) -> Found:
    """Read every journal to its end, and hold it against what its phone knows."""
    with ThreadPoolExecutor(AT_ONCE) as some:
        looks = [*some.map(lambda phone: found(phone, writing, *journal(port, phone)), phones)]
    return Found(*(sum(figures) for figures in zip(*looks, strict=True)))


def journal(port: int, phone: Phone) -> tuple[dict[str, float], int]:
    """The score of every entry, and the journal's head."""
    seen: dict[str, float] = {}
    cursor, more = 0, True
    while more:
        path = f"/v1/sync/changes?cursor={cursor}&limit={PAGE}"
        page = json.loads(ask(port, wire("GET", path, phone.token)))
        seen |= {each["id"]: each["entry"]["score"] for each in page["changes"]}
        cursor, more = page["cursor"], page["has_more"]
    return seen, cursor


def found(phone: Phone, writing: Writing, seen: dict[str, float], head: int) -> Found:
    """What a journal lacks of the acknowledged writes, and what it has beyond them.

    Each effective change moves the head by one, from 1 on. What was sent and never acknowledged
    may be there or not.
    """
    sent = [first + n for first, number in phone.unsure.items() for n in range(number)]
    perhaps = {writing.id(number) for number in sent}
    perhaps |= {each.id for each in phone.changing if each.busy}
    known = {writing.id(number): score_of(number) for number in phone.created}
    known |= {each.id: each.score for each in phone.changing}
    known = {each: score for each, score in known.items() if each not in perhaps}
    moved = head - 1
    most = phone.changes + len(perhaps)
    return Found(
        len(seen),
        sum(seen.get(each) != score for each, score in known.items())
        + max(0, phone.changes - moved),
        len(seen.keys() - known.keys() - perhaps) + max(0, moved - most),
    )
