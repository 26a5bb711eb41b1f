"""How complete the journal is: without it no number on the page can be read."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.trends.report.answers import ReportAnswers
from app.trends.report.footnotes import Footnotes
from app.trends.report.numerals import counted, of_days
from app.trends.report.shared_kinds import SharedKinds
from app.trends.schemas.coverage import LoggedDays, LoggedKind
from app.trends.series import CORE_KINDS

NAMES = {
    LoggedKind.MOOD: "Mood",
    LoggedKind.ANXIETY: "Anxiety",
    LoggedKind.FLASHBACK: "Flashbacks",
}


@dataclass(frozen=True, slots=True)
class Logged:
    """One kind of entry, or all together."""

    name: str
    days: str
    percent: str
    gap: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """Logged days and longest gaps, and in which ways flashbacks were reported."""

    logged: Sequence[Logged]
    reports: str | None
    marks: str


def completeness(
    answers: ReportAnswers, footnotes: Footnotes, shared: SharedKinds
) -> Completeness | str:
    """What was logged of the kinds that are shared, or why there is nothing to tell."""
    coverage = answers.coverage
    if not coverage.n_days:
        return shared.absence("No day was logged", "Daily entries", *CORE_KINDS)
    kinds = [each for each in coverage.logging.kinds if shared.any(each.kind)]
    return Completeness(
        logged=[
            _logged("Any entry", coverage.logging.overall),
            *(_logged(NAMES[each.kind], each) for each in kinds),
        ],
        reports=_reports(answers),
        marks=footnotes.marks(coverage.caveats),
    )


def _logged(name: str, days: LoggedDays) -> Logged:
    return Logged(
        name=name,
        days=of_days(days.observed_days, days.window_days),
        percent=f"{_percent(days)} %",
        gap=f"longest gap {counted(days.longest_gap_days, 'day')}",
    )


def _percent(days: LoggedDays) -> int:
    """Whole percent; 0 and 100 for none and all alone."""
    if days.observed_days in (0, days.window_days):
        return 100 if days.observed_days else 0
    return min(max(round(100 * days.coverage), 1), 99)


def _reports(answers: ReportAnswers) -> str | None:
    if not answers.flashbacks.n_days:
        return None
    told = answers.flashbacks.flashbacks.reports
    return (
        f"Flashback reports: single episodes on {counted(told.episode_days, 'day')}, "
        f"a daily count on {counted(told.daily_count_days, 'day')}, "
        f"none that day on {counted(told.none_today_days, 'day')}."
    )
