"""Trends of one journal: resolve the window, answer 304 if the client is up to date, else read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from anyio import CapacityLimiter, to_thread

from app.clock import Clock
from app.journal.kinds import Headline
from app.journal.scope import Scope
from app.trends.parameters import Today, check_inside, resolve_window
from app.trends.questions import Question
from app.trends.source import HeadlineSource, JournalState
from app.trends.stamp import answer_tag
from app.trends.window import Window

MANY_HEADLINES = 3000
"""From so many on, any answer takes long enough to leave the event loop."""

AT_ONCE = 1
"""Heavy answers computed at a time: more would share one interpreter, and starve short requests."""


@dataclass(frozen=True, slots=True)
class TrendReply:
    """The entity tag, and the answer as JSON unless the client already has it."""

    tag: str
    body: bytes | None


class Trends:
    """One object a process; every call names the scope it is for."""

    def __init__(self, journal: HeadlineSource, clock: Clock) -> None:
        """`clock` decides what date today is in the profile's zone."""
        self._journal = journal
        self._clock = clock
        self._heavy = CapacityLimiter(AT_ONCE)

    async def answer(
        self,
        scope: Scope,
        question: Question,
        first: date | None,
        last: date | None,
        known: Callable[[str], bool],
    ) -> TrendReply:
        """Answer a question over the local dates `first` … `last`, None for the default.

        `known` tells whether the client has what a tag stands for; then no entry is read. Raises
        InvalidRequest.
        """
        state = await self._journal.journal_state(scope)
        window = self._window(state, question, first, last)
        tag = answer_tag(state, question, window)
        if known(tag):
            return TrendReply(tag, None)
        headlines = await self._headlines(scope, question, window)
        if question.heavy or len(headlines) > MANY_HEADLINES:
            body = await to_thread.run_sync(_body, question, headlines, window, limiter=self._heavy)
            return TrendReply(tag, body)
        return TrendReply(tag, _body(question, headlines, window))

    def _window(
        self, state: JournalState, question: Question, first: date | None, last: date | None
    ) -> Window:
        today = Today.at(self._clock(), state.time_zone, state.latest_local_date)
        window = resolve_window(question.rule, today, first, last)
        for parameter, day in (question.inside_window or {}).items():
            check_inside(window, day, parameter)
        return window

    async def _headlines(
        self, scope: Scope, question: Question, window: Window
    ) -> Sequence[Headline]:
        """Only the kinds and dates that the answer depends on."""
        asked = replace(scope, kinds=scope.kinds & question.kinds)
        reach = question.reach
        return await self._journal.headlines(asked, reach.first(window), reach.last(window))


def _body(question: Question, headlines: Sequence[Headline], window: Window) -> bytes:
    answer = question.answer(headlines, window)
    return answer.model_dump_json(exclude_none=True, by_alias=True).encode()
