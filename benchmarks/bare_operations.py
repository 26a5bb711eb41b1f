"""What the reference does for each operation: Afterglow's own statements and nothing else."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from benchmarks.bare_drivers import Driver, Session, Value
from benchmarks.statements import Statements

DIGEST = bytes(32)
REQUEST_ID = "0197c0de-0000-7000-8000-00000000f001"
Query = dict[str, str]


@dataclass(frozen=True, slots=True)
class Reference:
    """What every operation works with."""

    driver: Driver
    run: Statements
    sealed: bytes
    today: Value

    async def token(self, session: Session, query: Query, account: Value) -> None:
        """The token alone, which was read before."""

    async def create(self, session: Session, query: Query, account: Value) -> None:
        """One new entry."""
        await self._write(session, account, 1)

    async def push(self, session: Session, query: Query, account: Value) -> None:
        """A hundred new entries."""
        await self._write(session, account, 100)

    async def page(self, session: Session, query: Query, account: Value) -> None:
        """The newest entries."""
        await session.begin(account, write=False)
        await session.rows(self.run.head, {"account": account})
        most = int(query["limit"]) + 1
        await session.rows(self.run.page, {"account": account, "most": most})
        await session.commit()

    async def pull(self, session: Session, query: Query, account: Value) -> None:
        """Changes since a cursor of the first epoch."""
        await session.begin(account, write=False)
        ((_, head),) = await session.rows(self.run.head, {"account": account})
        since, most = int(query["cursor"]), int(query.get("limit", 200)) + 1
        bound = {"account": account, "since": since, "head": head, "most": most}
        await session.rows(self.run.feed, bound)
        await session.commit()

    async def trend(self, session: Session, query: Query, account: Value) -> None:
        """Whatever a trend reads: state, profile, days ahead, and the days of its window."""
        day = self.driver.day
        await session.begin(account, write=False)
        await session.rows(self.run.head, {"account": account})
        await session.rows(self.run.profile, {"account": account})
        ahead = {"account": account, "first": day("9998-01-01"), "last": day("9998-01-03")}
        await session.rows(self.run.days, ahead)
        window = {"account": account, "first": day(query["from"]), "last": day(query["to"])}
        await session.rows(self.run.days, window)
        await session.commit()

    async def _write(self, session: Session, account: Value, number: int) -> None:
        """Lock, load, save, keep versions, move the head, append to the chain."""
        run, driver, of = self.run, self.driver, {"account": account}
        ids = [uuid4() for _ in range(number)]
        now = driver.now()
        await session.begin(account, write=True)
        ((_, head),) = await session.rows(run.lock, of)
        await session.rows(run.load, {"account": account, "ids": driver.ids(ids)})
        stored = [driver.id(each) for each in ids]
        rows = [self._entry(account, each, head + n, now) for n, each in enumerate(stored, 1)]
        await session.run_many(run.save, rows)
        await session.run_many(run.add_version, rows)
        await session.run(run.advance, {"account": account, "to_head": head + number})
        ((seq, _),) = await session.rows(run.lock_chain, of)
        await session.run(run.add_event, self._event(account, seq + 1, now))
        moved = {"account": account, "to_seq": seq + 1, "to_hash": DIGEST}
        await session.run(run.advance_chain, moved)
        await session.commit()

    def _entry(self, account: Value, entry: Value, revision: int, now: Value) -> dict[str, Any]:
        """A row for the entry and for its version."""
        return {
            "account_id": account,
            "id": entry,
            "entry_id": entry,
            "kind": "mood",
            "occurred_at": now,
            "local_date": self.today,
            "revision": revision,
            "deleted": False,
            "device_id": None,
            "sealed": self.sealed,
            "created_at": now,
            "updated_at": now,
        }

    def _event(self, account: Value, seq: int, now: Value) -> dict[str, Any]:
        return {
            "account_id": account,
            "seq": seq,
            "prev": DIGEST,
            "hash": DIGEST,
            "at": now,
            "actor_kind": "device",
            "actor_id": REQUEST_ID,
            "action": "entry.created",
            "object_kind": "entry",
            "object_id": REQUEST_ID,
            "request_id": REQUEST_ID,
            "outcome": "done",
            "digest": DIGEST,
        }


Operation = Callable[[Session, Query, Value], Awaitable[None]]
