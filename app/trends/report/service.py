"""The clinician's page over HTTP: as a trend answer, but set in a worker thread."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from anyio import CapacityLimiter, to_thread

from app.clock import Clock
from app.journal.scope import Scope
from app.trends.parameters import Today, WindowRule, resolve_window
from app.trends.report.page import Paper
from app.trends.report.recorded import NoteReport
from app.trends.report.report import build_report
from app.trends.report.version import page_version
from app.trends.source import HeadlineSource, JournalState
from app.trends.window import Window
from app.web.conditional import page_tag

RULE = WindowRule(90)
Admit = Callable[[UUID], Awaitable[None]]
"""Called with the account before a page is set; it raises RateLimited when there were too many."""

AT_ONCE = 1
"""Pages set at a time: each takes a process, its memory and most of a core."""


@dataclass(frozen=True, slots=True)
class ReportReply:
    """The entity tag, and the PDF unless the client already has it."""

    tag: str
    pdf: bytes | None


class Reports:
    """One object a process; every call names the scope it is for."""

    def __init__(
        self, journal: HeadlineSource, clock: Clock, admit: Admit, note: NoteReport
    ) -> None:
        """`clock` decides what date today is in the profile's zone; `note` records each page."""
        self._journal = journal
        self._clock = clock
        self._admit = admit
        self.note = note
        self._press = CapacityLimiter(AT_ONCE)

    async def answer(
        self,
        scope: Scope,
        paper: Paper,
        first: date | None,
        last: date | None,
        known: Callable[[str], bool],
    ) -> ReportReply:
        """The page over the local dates `first` … `last`, None for the last 90 days.

        `known` tells whether the client has what a tag stands for; then no entry is read. Raises
        InvalidRequest or RateLimited.
        """
        state = await self._journal.journal_state(scope)
        today = Today.at(self._clock(), state.time_zone, state.latest_local_date)
        window = resolve_window(RULE, today, first, last)
        tag = report_tag(scope.account_id, state, window, paper, today.day)
        if known(tag):
            return ReportReply(tag, None)
        await self._admit(scope.account_id)
        seen = await self._journal.headlines(scope, None, None)
        built = partial(build_report, seen.headlines, window, paper=paper, generated_on=today.day)
        return ReportReply(tag, await to_thread.run_sync(built, limiter=self._press))


def report_tag(
    account_id: UUID, state: JournalState, window: Window, paper: Paper, generated_on: date
) -> str:
    """A strong entity tag as that of other trends, with the date that the page bears."""
    return page_tag(
        account_id,
        [state.epoch, state.head, state.profile_revision],
        "getReport",
        [window.first, window.last, window.time_zone],
        [paper, generated_on],
        page_version(),
    )
