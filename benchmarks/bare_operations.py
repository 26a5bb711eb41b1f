"""What the reference does for each operation: Afterglow's own statements and nothing else.

Where rows are sealed no statement gives a trend. So there is a second way to ask for one, by which
the reference also computes it, with the same functions.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from time import time
from typing import Any
from uuid import UUID

from app.journal.digests import VERSION, Digest, month_of
from app.journal.months import DAY_TABLE, DIGEST
from app.journal.stored import COLUMN
from app.trends.day_tables import DayTables
from app.trends.kept_answer import KEPT_VERSION
from app.trends.questions import Question
from app.trends.series import JournalDays
from app.trends.tabulation import TABULATION
from app.trends.window import Window
from app.vault.envelope import unpadded
from app.web.compression import packed
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
    today: date
    first_id: int = field(default_factory=lambda: new_id(int(time() * 1000)).int >> 48 << 48)
    made: int = 0
    days: dict[str, Value] = field(init=False)
    """Today, and the dates around it that entries may lie ahead on, as the driver wants them."""

    def __post_init__(self) -> None:
        """Once, for they stay the same for as long as it serves."""
        away = {"today": 0, "soonest": -1, "furthest": 3}
        self.days = {
            name: self.driver.day(str(self.today + timedelta(days=each)))
            for name, each in away.items()
        }

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

    async def ready(self, session: Session, query: Query, account: Value, *, name: str) -> None:
        """Where journal and profile stand, with the answer that was kept."""
        await session.begin(account, write=False)
        (row,) = await session.rows(self.run.standing, self._standing(account, name))
        epoch, head, profile_revision, _, _, _, answer = row
        column = self.ciphers.of(self.driver.uuid(account), "ready_answer", "answer")
        kept_as = f"{name}/{epoch}/{profile_revision}/{KEPT_VERSION}"
        column.open_each([(kept_as, head, answer)] if answer else [])
        await session.commit()

    async def trend(
        self, session: Session, query: Query, account: Value, *, question: Question
    ) -> None:
        """Read and open what a trend reads: state and profile, tables or digests."""
        await self._opened(session, query, account, question)

    async def computed(
        self, session: Session, query: Query, account: Value, *, question: Question
    ) -> bytes:
        """The same, and the answer by Afterglow's own functions, packed as for its clients."""
        frames = await self._opened(session, query, account, question)
        window, texts = _window(query), [unpadded(frame) for frame in frames]
        return packed(question.json(_laid_out(question, texts, window), window))

    async def _opened(
        self, session: Session, query: Query, account: Value, question: Question
    ) -> list[bytes]:
        first, last = _reach(question, _window(query))
        day = self.driver.day
        await session.begin(account, write=False)
        ((_, head, *_),) = await session.rows(self.run.standing, self._standing(account, "nothing"))
        months = {
            "account": account,
            "first": day(str(month_of(first))),
            "last": day(str(month_of(last))),
            "of_version": TABULATION.version if question.days_suffice else VERSION,
            "of_epoch": 0,
            "of_digests": VERSION,
            "least": 0,
            "head": head,
            "since": head,
        }
        caches = self.run.tables if question.days_suffice else self.run.digests
        rows = await session.rows(caches, months)
        sealed, month = (2, 3) if question.days_suffice else (4, 7)
        sealed_as = DAY_TABLE if question.days_suffice else DIGEST
        column = self.ciphers.of(self.driver.uuid(account), *sealed_as)
        frames = column.open_each(
            (str(row[month]), row[1], row[sealed]) for row in rows if row[0] is None
        )
        await session.commit()
        return frames

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

    def _standing(self, account: Value, name: str) -> dict[str, Any]:
        return {
            "account": account,
            "soonest": self.days["soonest"],
            "furthest": self.days["furthest"],
            "question": name,
            "of_version": KEPT_VERSION,
        }

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
            "local_date": self.days["today"],
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


def _window(query: Query) -> Window:
    return Window(date.fromisoformat(query["from"]), date.fromisoformat(query["to"]), ZONE)


def _reach(question: Question, window: Window) -> tuple[date, date]:
    """Which dates a question reads."""
    reach = question.reach
    return reach.first(window) or window.first, reach.last(window) or window.last


def _laid_out(question: Question, texts: Sequence[bytes], window: Window) -> JournalDays:
    """A journal of tables or digests."""
    first, last = _reach(question, window)
    if question.days_suffice:
        return JournalDays((), DayTables(texts, first.toordinal(), last.toordinal()))
    kinds = sorted(question.kinds)
    read = (each for text in texts for each in Digest.read(text).headlines(kinds))
    return JournalDays(each for each in read if first <= each.local_date <= last)


Operation = Callable[[Session, Query, Value], Awaitable[bytes | None]]
"""An answer that was made, or None for the one that was kept."""
