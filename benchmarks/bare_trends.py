"""What the reference does for a trend: Afterglow's own statements and nothing else.

Where rows are sealed no statement gives a trend. So there is a second way to ask for one, by which
the reference also computes it, with the same functions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.journal.digests import VERSION, Digest, month_of
from app.journal.months import DAY_TABLE, DIGEST
from app.trends.day_tables import DayTables
from app.trends.kept_answer import KEPT_VERSION
from app.trends.questions import Question
from app.trends.series import JournalDays
from app.trends.tabulation import TABULATION
from app.trends.window import Window
from app.vault.envelope import unpadded
from app.web.compression import packed
from benchmarks.bare_ciphers import Ciphers
from benchmarks.bare_operations import Query
from benchmarks.bare_sessions import Driver, Session, Value
from benchmarks.statements import Statements

ZONE = "UTC"
"""Of every seeded profile."""


@dataclass(slots=True)
class TrendReference:
    """What every trend works with; `today` does not move while it serves."""

    driver: Driver
    run: Statements
    ciphers: Ciphers
    today: date
    ahead: dict[str, Value] = field(init=False)
    """The dates around today that entries may lie ahead on, as the driver wants them."""

    def __post_init__(self) -> None:
        """Written once."""
        away = {"soonest": -1, "furthest": 3}
        self.ahead = {
            name: self.driver.day(str(self.today + timedelta(days=each)))
            for name, each in away.items()
        }

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

    def _standing(self, account: Value, name: str) -> dict[str, Any]:
        of = {"account": account, "question": name, "of_version": KEPT_VERSION}
        return of | self.ahead


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
