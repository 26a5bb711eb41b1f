"""Trends of one journal: what is ready, 304 for who is up to date, or else read and compute."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from anyio import CapacityLimiter, to_thread

from app.background import Shared
from app.clock import Clock
from app.journal.scope import Scope
from app.trends.kept_answer import KeptAnswer
from app.trends.parameters import Today, check_inside, resolve_window
from app.trends.questions import Question
from app.trends.ready import Asking, Begun, Plan, ReadyAnswers
from app.trends.series import JournalDays
from app.trends.source import HeadlineSource, JournalState, Seen
from app.trends.stamp import answer_tag
from app.trends.window import Window
from app.web.json_body import JsonBody

MANY_HEADLINES = 3000
"""From so many on, any answer takes long enough to leave the event loop."""

MANY_DAYS = 1500
"""The same of the dates of a window."""

AT_ONCE = 1
"""Heavy answers computed at a time: more would share one interpreter, and starve short requests."""

READ_AT_ONCE = 4
"""Heavy questions that hold what was read for them: one whose read is slow holds up no other."""


@dataclass(frozen=True, slots=True)
class TrendReply:
    """The entity tag, and the answer as JSON unless the client already has it."""

    tag: str
    body: JsonBody | None


class Trends:
    """One object a process; every call names the scope it is for."""

    def __init__(
        self, journal: HeadlineSource, clock: Clock, ready: ReadyAnswers | None = None
    ) -> None:
        """`clock` decides what date today is in the profile's zone; `ready` keeps answers."""
        self._journal = journal
        self._clock = clock
        self._ready = ready
        self._heavy = CapacityLimiter(AT_ONCE)
        self._reading = CapacityLimiter(READ_AT_ONCE)
        self._shared: Shared[tuple[str, str], JsonBody] = Shared()

    def ending(self) -> AbstractAsyncContextManager[None]:
        """Answers that are being made for nobody any more have ended when this does."""
        return self._shared.ending()

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
        now = self._clock()

        def plan(state: JournalState) -> Plan:
            window = _window(state, question, first, last, now)
            tag = answer_tag(scope.account_id, state, question, window)
            # A heavy one waits for its turn before it reads.
            begins = not question.heavy and not known(tag)
            return Plan(window, tag, _days(scope, question, window) if begins else None)

        asking = self._ready.asking(scope, question, first, last, now) if self._ready else None
        if self._ready is None or asking is None:
            state = await self._journal.journal_state(scope)
            begun = Begun(state, plan(state))
            if known(begun.plan.tag):
                return TrendReply(begun.plan.tag, None)
            _, body = await self._made(scope, question, begun)
            return TrendReply(begun.plan.tag, body)
        found = await self._ready.look(asking, plan)
        if isinstance(found, KeptAnswer):
            return TrendReply(found.tag, None if known(found.tag) else found.body)
        tag = found.plan.tag
        if known(tag):
            return TrendReply(tag, None)
        making = partial(self._made_and_offered, self._ready, asking, question, found)
        if found.is_whole:  # who asks for the same cannot come in between
            return TrendReply(tag, await making())
        return TrendReply(tag, await asyncio.shield(self._shared.task((asking.index, tag), making)))

    async def _made_and_offered(
        self, ready: ReadyAnswers, asking: Asking, question: Question, begun: Begun
    ) -> JsonBody:
        seen, body = await self._made(asking.scope, question, begun)
        ready.offer(asking, begun.state, seen, begun.plan.tag, body)
        return body

    async def _made(self, scope: Scope, question: Question, begun: Begun) -> tuple[Seen, JsonBody]:
        """The answer, with what it was made of."""
        window = begun.plan.window
        if question.heavy:
            # Its turn comes before it reads: those that wait hold no headlines, 1 MiB a year.
            async with self._reading:
                seen = await self._seen(scope, question, begun)
                return seen, JsonBody(await self._apart(question, seen, window))
        seen = await self._seen(scope, question, begun)
        return seen, JsonBody(await self._computed(question, seen, window))

    async def _computed(self, question: Question, seen: Seen, window: Window) -> bytes:
        """The answer as JSON, from a thread where it takes long."""
        if len(seen.headlines) > MANY_HEADLINES or window.n_days > MANY_DAYS:
            return await self._apart(question, seen, window)
        return _json(question, seen, window)

    async def _apart(self, question: Question, seen: Seen, window: Window) -> bytes:
        """The same from a thread, when it is this answer's turn."""
        return await to_thread.run_sync(_json, question, seen, window, limiter=self._heavy)

    async def _seen(self, scope: Scope, question: Question, begun: Begun) -> Seen:
        """Only the kinds and dates that the answer depends on."""
        asked, window = replace(scope, kinds=scope.kinds & question.kinds), begun.plan.window
        days = _days(scope, question, window)
        if days is not None:
            return await self._journal.days(asked, *days, begun.months)
        first, last = question.reach.first(window), question.reach.last(window)
        return await self._journal.headlines(asked, first, last)


def _days(scope: Scope, question: Question, window: Window) -> tuple[date, date] | None:
    """The dates whose tables suffice; None where headlines are needed.

    Tables do not look at scopes: one has to leave the question all its kinds and dates.
    """
    first, last = question.reach.first(window), question.reach.last(window)
    is_unbounded = question.kinds <= scope.kinds and scope.first is None and scope.last is None
    return (first, last) if question.days_suffice and first and last and is_unbounded else None


def _json(question: Question, seen: Seen, window: Window) -> bytes:
    return question.json(JournalDays(seen.headlines, seen.tables), window)


def _window(
    state: JournalState, question: Question, first: date | None, last: date | None, now: datetime
) -> Window:
    today = Today.at(now, state.time_zone, state.latest_local_date)
    window = resolve_window(question.rule, today, first, last)
    for parameter, day in (question.inside_window or {}).items():
        check_inside(window, day, parameter)
    return window
