"""Chart A: mood and anxiety day by day, with the sessions as vertical lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.trends.report.answers import ReportAnswers
from app.trends.report.footnotes import Footnotes
from app.trends.report.numerals import number, of_days
from app.trends.report.shared_kinds import SharedKinds
from app.trends.schemas.daily import DailyTrend

ABSENT = ("No mood or anxiety was logged", "Mood and anxiety", "mood", "anxiety")

Point = tuple[int, float]
"""Days from the first date of the window, and the value."""


@dataclass(frozen=True, slots=True)
class DayCurve:
    """The dots of the logged days, and the stretches of the rolling median between its gaps."""

    metric: str
    dots: Sequence[Point]
    stretches: Sequence[Sequence[Point]]


@dataclass(frozen=True, slots=True)
class Course:
    """What chart A draws, and what it says to readers who do not see it."""

    curves: Sequence[DayCurve]
    alt: str
    marks: str


def course(answers: ReportAnswers, footnotes: Footnotes, shared: SharedKinds) -> Course | str:
    """The chart of what was logged, or why there is none."""
    logged = [answer for answer in answers.daily if answer.n_days]
    if not logged:
        return shared.absence(*ABSENT)
    return Course(
        curves=[day_curve(answer) for answer in logged],
        alt=" ".join(_told(answer) for answer in logged),
        marks=footnotes.marks(*(answer.caveats for answer in logged)),
    )


def session_days(answers: ReportAnswers) -> list[int]:
    """The dosed dates, in days from the first date of the window."""
    rows = answers.daily[0].days
    return [place for place, row in enumerate(rows) if row.session_ids]


def day_curve(answer: DailyTrend) -> DayCurve:
    """The curve of one metric."""
    rows = list(enumerate(answer.days))
    return DayCurve(
        metric=answer.metric,
        dots=[(place, row.value) for place, row in rows if row.value is not None],
        stretches=list(_stretches((place, row.rolling_median_7) for place, row in rows)),
    )


def _stretches(points: Iterable[tuple[int, float | None]]) -> Iterable[Sequence[Point]]:
    """Runs of days with a value: gaps stay open."""
    run: list[Point] = []
    for place, value in points:
        if value is not None:
            run.append((place, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _told(answer: DailyTrend) -> str:
    values = [row.value for row in answer.days if row.value is not None]
    days = of_days(answer.n_days, len(answer.days))
    spread = f"{number(min(values))} to {number(max(values))}"
    return f"{answer.metric.capitalize()}: {days} logged, values from {spread}."
