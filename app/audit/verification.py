"""Whether chains are whole: every link names the one before, the head the last, roots the heads.

Chains, heads and anchored heads come in the order of accounts and are read side by side, a page at
a time: however many there are, and however long one is, no more is held.
"""

import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from app.audit.actions import LAST
from app.audit.chain import link_hash, root_hash
from app.audit.store_whole import Head, StoredLink, load_heads, load_links
from app.database import FINAL_ID, FIRST_ID, UNREADABLE, Transaction, WholeDatabase

AT_ONCE = 2000
MOST_NAMED = 100
"""Broken chains that are told by name; others are only counted."""

BEFORE_ALL = -(2**31)
COLLECTIONS = (50_000, 50, 100)
"""Thresholds of the garbage collector while rows are read: they are many and die at once, and to
look for rings among them took longer than to make them."""

T = TypeVar("T")


class BrokenChain(NamedTuple):
    """An account's chain, and the first number in it that does not fit."""

    account_id: UUID
    seq: int


@dataclass(slots=True)
class Verified:
    """What was looked at, and what is broken."""

    chains: int = 0
    events: int = 0
    broken: int = 0
    named: list[BrokenChain] = field(default_factory=list)

    def add(self, found: "_Walk", wrong: int | None) -> None:
        """Count a chain that was walked to its end."""
        self.chains += 1
        self.events += found.events
        if wrong is not None:
            self.broken += 1
            if len(self.named) < MOST_NAMED:
                self.named.append(BrokenChain(found.account_id, wrong))


async def verify_chains(
    database: WholeDatabase, anchored: Iterable[Head] = (), account_id: UUID | None = None
) -> Verified:
    """Look at every chain, or one. Raises DatabaseUnavailable.

    `anchored` are heads of former days, in the order of accounts: each chain must go through
    those of its account, or its tail was cut off, or it was written anew.
    """
    first, last = account_id or FIRST_ID, account_id or FINAL_ID
    points = (each for each in anchored if first <= each.account_id <= last)
    with _collected_seldom():
        return await database.snapshot(lambda work: _verify(work, points, first, last))


@contextmanager
def _collected_seldom() -> Iterator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(*COLLECTIONS)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


async def _verify(
    transaction: Transaction, anchored: Iterator[Head], first: UUID, last: UUID
) -> Verified:
    async def next_heads(after: tuple[Head, bool] | None) -> list[tuple[Head, bool]]:
        place = (after[0].account_id, after[0].seq) if after else (first, BEFORE_ALL)
        return await load_heads(transaction, place, last, AT_ONCE)

    async def next_links(after: StoredLink | None) -> list[StoredLink]:
        place = (after.link.account_id, after.link.seq) if after else (first, BEFORE_ALL)
        return await load_links(transaction, place, last, AT_ONCE)

    heads = _Pages(next_heads, lambda each: each[0].account_id)
    links = _Pages(next_links, lambda each: each.link.account_id)
    points = _Points(anchored)
    verified = Verified()
    while True:
        nexts = (await heads.account(), await links.account(), points.account)
        account_id = min((each for each in nexts if each is not None), default=None)
        if account_id is None:
            return verified
        walk = _Walk(account_id, points.of(account_id))
        async for part in links.of(account_id):
            walk.take(part)
        ends = [end async for part in heads.of(account_id) for end in part]
        verified.add(walk, walk.first_broken(ends))


class _Walk:
    """One chain, looked at from its beginning to its end."""

    def __init__(self, account_id: UUID, points: dict[int, bytes]) -> None:
        """`points`: the hashes that numbers of this chain had in former days."""
        self.account_id = account_id
        self.events = 0
        self._points = points
        self._last = root_hash(account_id)
        self._closed = False
        self._wrong: int | None = self._missed(0)

    def take(self, stored: Sequence[StoredLink]) -> None:
        """Go on along these links, unless one before did not fit."""
        for each in stored:
            self.events += 1
            if self._wrong is not None:
                continue
            link, found = each.link, _hash_of(each)
            if link.seq != self.events or link.prev != self._last or found != each.hash:
                self._wrong = self.events
                continue
            self._last = found
            self._closed = link.action == LAST
            self._wrong = self._missed(self.events)

    def first_broken(self, ends: Sequence[tuple[Head, bool]]) -> int | None:
        """The first number that does not fit to the one before, to a root or to the head."""
        if self._wrong is not None:
            return self._wrong
        if self._points:
            return self.events + 1
        whole = [((self.account_id, self.events, self._last), self._closed)]
        return None if ends == whole else self.events + 1

    def _missed(self, seq: int) -> int | None:
        """`seq` if it had another hash in former days."""
        return seq if self._points.pop(seq, self._last) != self._last else None


def _hash_of(stored: StoredLink) -> bytes | None:
    """What the link's hash should be; None for numbers and values that no chain has."""
    try:
        return link_hash(stored.link) if stored.link.seq > 0 else None
    except UNREADABLE:
        return None


class _Pages(Generic[T]):
    """Rows in the order of accounts, of which no more than a page is held."""

    def __init__(
        self, load: Callable[[T | None], Awaitable[list[T]]], account_of: Callable[[T], UUID]
    ) -> None:
        """`load` gives the page after a row."""
        self._load = load
        self._account_of = account_of
        self._page: list[T] = []
        self._at = 0
        self._over = False

    async def account(self) -> UUID | None:
        """Whose the next row is; None at the end."""
        if self._at == len(self._page) and not self._over:
            self._page = await self._load(self._page[-1] if self._page else None)
            self._at = 0
            self._over = not self._page
        return None if self._over else self._account_of(self._page[self._at])

    async def of(self, account_id: UUID) -> AsyncIterator[list[T]]:
        """The rows of an account, if they come next, in portions."""
        while await self.account() == account_id:
            end = self._at
            while end < len(self._page) and self._account_of(self._page[end]) == account_id:
                end += 1
            start, self._at = self._at, end
            yield self._page[start:end]


class _Points:
    """Anchored heads, of which the next account's are held."""

    def __init__(self, anchored: Iterator[Head]) -> None:
        self._rest = anchored
        self._next = next(anchored, None)

    @property
    def account(self) -> UUID | None:
        """Whose come next; None at the end."""
        return self._next.account_id if self._next else None

    def of(self, account_id: UUID) -> dict[int, bytes]:
        """The hash of each anchored number of an account, if its come next."""
        found: dict[int, bytes] = {}
        while self._next is not None and self._next.account_id == account_id:
            found.setdefault(self._next.seq, self._next.hash)
            if found[self._next.seq] != self._next.hash:
                found[self._next.seq] = b""  # two roots disagree: no hash fits both
            self._next = next(self._rest, None)
        return found
