"""Chart B: flashbacks a week as bars with intervals, on the time axis of chart A."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.trends.report.answers import ReportAnswers
from app.trends.report.axis import Tick, count_ticks
from app.trends.report.footnotes import Footnotes
from app.trends.report.numerals import counted, number, written_date
from app.trends.report.shared_kinds import SharedKinds
from app.trends.schemas.flashbacks import FlashbackTrend, FlashbackWeek
from app.trends.window import Window


@dataclass(frozen=True, slots=True)
class WeekBar:
    """A week from day `start` up to `end` of the window; without a rate it was barely logged.

    A week with no observed day is `unlogged`; one with fewer than four has no rate either.
    """

    start: int
    end: int
    unlogged: bool
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Weeks:
    """What chart B draws."""

    bars: Sequence[WeekBar]
    ticks: Sequence[Tick]
    plain: str
    alt: str
    marks: str


def weeks(answers: ReportAnswers, footnotes: Footnotes, shared: SharedKinds) -> Weeks | str:
    """The chart of the weeks with a rate, or what is known without one."""
    answer = answers.flashbacks
    if not answer.n_days:
        return shared.absence("No report on flashbacks", "Flashbacks", "flashback")
    bars = [_bar(week, answers.window) for week in answer.flashbacks.weeks]
    ends = [bar.high for bar in bars if bar.high is not None]
    if not ends:
        return _too_thin(answer)
    return Weeks(
        bars=bars,
        ticks=count_ticks(max(ends)),
        plain=answer.plain,
        alt=" ".join(_told(week) for week in answer.flashbacks.weeks),
        marks=footnotes.marks(answer.caveats),
    )


def _too_thin(answer: FlashbackTrend) -> str:
    """What is known when no week has a rate."""
    total = answer.flashbacks.total
    days = counted(total.observed_days, "logged day")
    return f"{counted(total.count, 'flashback')} on {days}; no week has the 4 that a rate needs."


def _bar(week: FlashbackWeek, window: Window) -> WeekBar:
    low, high = week.ci95_per_week or (None, None)
    return WeekBar(
        start=(week.from_ - window.first).days,
        end=(week.to - window.first).days + 1,
        unlogged=not week.observed_days,
        rate=week.rate_per_week,
        low=low,
        high=high,
    )


def _told(week: FlashbackWeek) -> str:
    begins = f"Week of {written_date(week.from_)}:"
    if week.rate_per_week is None or week.ci95_per_week is None:
        return f"{begins} {counted(week.observed_days, 'day')} logged, no rate."
    low, high = week.ci95_per_week
    return f"{begins} {number(week.rate_per_week)} ({number(low)} to {number(high)})."
