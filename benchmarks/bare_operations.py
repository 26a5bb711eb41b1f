"""What the reference does for each operation: Afterglow's own statements and nothing else.

Those of the trends are in `bare_trends`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import time
from typing import Any
from uuid import UUID

from app.journal.stored import COLUMN
from benchmarks.bare_ciphers import Ciphers
from benchmarks.bare_sessions import Driver, Session, Value
from benchmarks.diary import new_id
from benchmarks.statements import Statements

HASH = bytes(32)
RECIPIENT = bytes(128)
"""As long as a short name, padded."""
ZONE = "UTC"
"""Of every seeded profile."""
REQUEST_ID = "0197c0de-0000-7000-8000-00000000f001"
Query = dict[str, str]


@dataclass(slots=True)
class Reference:
    """What every operation works with."""

    driver: Driver
    run: Statements
    ciphers: Ciphers
    frame: bytes
    """An entry's text, padded: what is sealed."""
    today: Value
    first_id: int = field(default_factory=lambda: new_id(int(time() * 1000)).int >> 48 << 48)
    made: int = 0

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
        limit = int(query["limit"])
        rows = await session.rows(self.run.page, {"account": account, "most": limit + 1})
        self._open_entries(account, rows[:limit])
        await session.commit()

    async def pull(self, session: Session, query: Query, account: Value) -> None:
        """Changes since a cursor of the first epoch."""
        await session.begin(account, write=False)
        ((_, head),) = await session.rows(self.run.head, {"account": account})
        since, limit = int(query["cursor"]), int(query.get("limit", 200))
        bound = {"account": account, "since": since, "head": head, "most": limit + 1}
        self._open_entries(account, (await session.rows(self.run.feed, bound))[:limit])
        await session.commit()

    async def _write(self, session: Session, account: Value, number: int) -> None:
        """Lock, load, save, keep versions, move the head, append to the chain."""
        run, driver, of = self.run, self.driver, {"account": account}
        ids, now = self._new_ids(number), driver.now()
        await session.begin(account, write=True)
        ((_, head),) = await session.rows(run.lock, of)
        await session.rows(run.load, {"account": account, "ids": driver.ids(ids)})
        column = self.ciphers.of(driver.uuid(account), *COLUMN)
        rows = [
            self._entry(account, driver.id(each), head + n, now)
            | {"sealed": column.seal(str(each), head + n, self.frame)}
            for n, each in enumerate(ids, 1)
        ]
        advance = (run.advance, {"account": account, "to_head": head + number})
        if number == 1:
            await session.run_together((run.save, rows[0]), (run.add_version, rows[0]), advance)
        else:
            await session.run_many(run.save, rows)
            await session.run_many(run.add_version, rows)
            await session.run(*advance)
        await self._append(session, account, now)
        await session.commit()

    async def open_share(self, session: Session, token_hash: bytes) -> bytes:
        """Find the link, count its opening, read its file, tell the patient."""
        run, now = self.run, self.driver.now()
        ((account, share, *_),) = await session.rows(run.find_share, {"token_hash": token_hash})
        of = {"account": account, "share": share}
        await session.begin(account, write=True)
        ((file, *_),) = await session.rows(run.newest_file, of)
        await session.rows(run.count_opening, {**of, "now": now, "minute": now})
        ((jwe,),) = await session.rows(run.load_jwe, {**of, "file": file})
        await session.rows(run.count_accesses, of)
        await session.run(run.add_access, self._access(account, share, now))
        await self._append(session, account, now)
        await session.commit()
        return bytes(jwe)

    async def _append(self, session: Session, account: Value, now: Value) -> None:
        """A link of the audit chain."""
        run = self.run
        ((seq, *_),) = await session.rows(run.lock_chain, {"account": account})
        moved = {"account": account, "to_seq": seq + 1, "to_hash": HASH}
        event = self._event(account, seq + 1, now)
        await session.run_together((run.add_event, event), (run.advance_chain, moved))

    def _open_entries(self, account: Value, rows: Sequence[Any]) -> None:
        """Open what was read, and look no further at it."""
        column, text = self.ciphers.of(self.driver.uuid(account), *COLUMN), self.driver.text
        column.open_each((text(row[0]), row[1], row[4]) for row in rows)

    def _new_ids(self, number: int) -> list[UUID]:
        """As ordered in time as those that clients make."""
        self.made += number
        return [UUID(int=self.first_id + self.made + each) for each in range(number)]

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
            "created_at": now,
            "updated_at": now,
        }

    def _access(self, account: Value, share: Value, now: Value) -> dict[str, Any]:
        (access,) = self._new_ids(1)
        column = self.ciphers.of(self.driver.uuid(account), "share_access", "recipient")
        return {
            "account_id": account,
            "share_id": share,
            "id": self.driver.id(access),
            "at": now,
            "via": "direct",
            "outcome": "opened",
            "tries_left": None,
            "sealed_recipient": column.seal(f"{self.driver.text(share)}/{access}", 0, RECIPIENT),
            "client": "browser on a computer",
        }

    def _event(self, account: Value, seq: int, now: Value) -> dict[str, Any]:
        return {
            "account_id": account,
            "seq": seq,
            "prev": HASH,
            "hash": HASH,
            "at": now,
            "actor_kind": "device",
            "actor_id": REQUEST_ID,
            "action": "entry.created",
            "object_kind": "entry",
            "object_id": REQUEST_ID,
            "request_id": REQUEST_ID,
            "outcome": "done",
            "digest": HASH,
        }
