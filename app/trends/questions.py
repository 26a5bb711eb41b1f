"""The ten questions: what each may be asked, what it reads, and the function that answers.

A question is made once where its parameters are a few words of ours, and not dates or numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial

from app.trends.answers.assessments import assessment_trend
from app.trends.answers.coverage import logging_coverage
from app.trends.answers.daily import daily_json, daily_trend
from app.trends.answers.flashbacks import flashback_trend
from app.trends.answers.session_response import session_response
from app.trends.answers.session_table import session_table
from app.trends.answers.slope import slope_trend
from app.trends.answers.summary import trend_summary
from app.trends.answers.timeline import timeline
from app.trends.answers.weekday import weekday_pattern
from app.trends.metrics import METRICS, Metric
from app.trends.parameters import WindowRule
from app.trends.schemas.assessments import TrendInstrument
from app.trends.schemas.envelope import TrendAnswer
from app.trends.series import CORE_KINDS, JournalDays
from app.trends.window import Window

Answer = Callable[[JournalDays, Window], TrendAnswer]
Writer = Callable[[JournalDays, Window], bytes]

CORE = frozenset(CORE_KINDS)
LONG = WindowRule(731, 3653)
ROLLING_LOOKS_BACK = 6
LAST_WEEK_LOOKS_BACK = 13
RECALL_LOOKS_BACK = 33
"""The longest recall period, 30 days of 24 hours, on whatever clocks."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How many days around its window a question reads; None for all there are."""

    before: int | None = 0
    after: int | None = 0

    def first(self, window: Window) -> date | None:
        """The first local date to read."""
        return None if self.before is None else window.first - timedelta(days=self.before)

    def last(self, window: Window) -> date | None:
        """The last local date to read."""
        return None if self.after is None else window.last + timedelta(days=self.after)


EVERYTHING = Reach(None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One operation with its own parameters; the window comes later.

    `kinds` are the kinds of entry that the answer depends on. `heavy` answers take more than a few
    milliseconds. Where `days_suffice`, day tables do in place of headlines. `inside_window` are
    parameters whose dates must lie inside the window. `writer` gives the JSON of `answer`, where
    that is faster than to write out the model.
    """

    operation: str
    rule: WindowRule
    kinds: frozenset[str]
    answer: Answer
    parameters: Mapping[str, object]
    reach: Reach = Reach()  # frozen, so sharing it is safe
    heavy: bool = False
    days_suffice: bool = False
    inside_window: Mapping[str, date | None] | None = None
    writer: Writer | None = None

    def json(self, journal: JournalDays, window: Window) -> bytes:
        """The answer as JSON, without members that are None."""
        if self.writer is not None:
            return self.writer(journal, window)
        answer = self.answer(journal, window)
        return answer.model_dump_json(exclude_none=True, by_alias=True).encode()


@cache
def daily(metric: Metric) -> Question:
    """`getDailyTrend`."""
    return Question(
        operation="getDailyTrend",
        rule=WindowRule(90),
        kinds=_with_sessions(metric),
        answer=partial(daily_trend, metric=metric),
        writer=partial(daily_json, metric=metric),
        parameters={"metric": metric},
        reach=Reach(before=ROLLING_LOOKS_BACK),
        days_suffice=True,
    )


@cache
def summary() -> Question:
    """`getTrendSummary`."""
    return Question(
        operation="getTrendSummary",
        rule=WindowRule(42),
        kinds=CORE,
        answer=trend_summary,
        parameters={},
        reach=Reach(before=LAST_WEEK_LOOKS_BACK),
        heavy=True,
        days_suffice=True,
    )


@cache
def slope(metric: Metric) -> Question:
    """`getSlope`."""
    return Question(
        operation="getSlope",
        rule=WindowRule(42),
        kinds=_with_sessions(metric),
        answer=partial(slope_trend, metric=metric),
        parameters={"metric": metric},
        heavy=True,
        days_suffice=True,
    )


def response(metric: Metric, before: int, after: int) -> Question:
    """`getSessionResponse`."""
    return Question(
        operation="getSessionResponse",
        rule=LONG,
        kinds=_with_sessions(metric),
        answer=partial(session_response, metric=metric, before=before, after=after),
        parameters={"metric": metric, "before": before, "after": after},
        reach=Reach(before, after),
        heavy=True,
        days_suffice=True,
    )


@cache
def table() -> Question:
    """`getSessionTable`."""
    return Question(
        operation="getSessionTable",
        rule=LONG,
        kinds=CORE | {"session"},
        answer=session_table,
        parameters={},
        reach=EVERYTHING,
        heavy=True,
    )


def flashbacks(compare_on: date | None) -> Question:
    """`getFlashbackTrend`."""
    return Question(
        operation="getFlashbackTrend",
        rule=WindowRule(90),
        kinds=frozenset({"flashback"}),
        answer=partial(flashback_trend, compare_on=compare_on),
        parameters={"compare_on": compare_on},
        inside_window={"compare_on": compare_on},
        heavy=True,
    )


@cache
def assessments(instrument: TrendInstrument) -> Question:
    """`getAssessmentTrend`."""
    return Question(
        operation="getAssessmentTrend",
        rule=LONG,
        kinds=frozenset({"assessment"}),
        answer=partial(assessment_trend, instrument=instrument),
        parameters={"instrument": instrument},
        reach=Reach(before=RECALL_LOOKS_BACK),
    )


@cache
def weekday(metric: Metric) -> Question:
    """`getWeekdayPattern`."""
    return Question(
        operation="getWeekdayPattern",
        rule=WindowRule(182),
        kinds=_with_sessions(metric),
        answer=partial(weekday_pattern, metric=metric),
        parameters={"metric": metric},
        days_suffice=True,
    )


@cache
def coverage() -> Question:
    """`getCoverage`."""
    return Question(
        operation="getCoverage",
        rule=WindowRule(90),
        kinds=CORE,
        answer=logging_coverage,
        parameters={},
        days_suffice=True,
    )


@cache
def events(*, notes: bool) -> Question:
    """`getTimeline`; with `notes` it tells which entries have one."""
    return Question(
        operation="getTimeline",
        rule=WindowRule(90, 3653, days_ahead=366),
        kinds=CORE | {"session", "assessment"},
        answer=partial(timeline, notes=notes),
        parameters={"notes": notes},
    )


def _with_sessions(metric: Metric) -> frozenset[str]:
    return frozenset({METRICS[metric].kind, "session"})
