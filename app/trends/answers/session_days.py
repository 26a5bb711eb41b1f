"""The days around one session: the same day, the next, before against after, durability."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import cast

from app.journal.kinds import AnxietyHeadline, Headline, MoodHeadline, SessionHeadline
from app.trends.answers.envelope import Members
from app.trends.metrics import METRICS, Metric
from app.trends.schemas.envelope import TrendStatus
from app.trends.schemas.session_row import (
    BeforeAfter,
    BeforeAfterTechnical,
    NextDayValue,
    SameDayValue,
    SessionDurability,
)
from app.trends.series import DaySeries
from app.trends.statistics.before_after import (
    COMPARED_DAYS,
    Comparison,
    compare,
    comparison_words,
    enough_to_compare,
)
from app.trends.statistics.central import median
from app.trends.statistics.durability import durability
from app.trends.statistics.session_aligned import Neighbours
from app.trends.statistics.slope_words import ChangeWords
from app.trends.thresholds import Thresholds

TECHNICAL = frozenset(BeforeAfterTechnical.model_fields)


def same_day(
    metric: Metric, session: SessionHeadline, entries: Sequence[Headline]
) -> SameDayValue | None:
    """Medians of the session's date before and after its dose, by instant."""
    before = [_value(entry) for entry in entries if entry.instant < session.instant]
    after = [_value(entry) for entry in entries if entry.instant >= session.instant]
    if not before and not after:
        return None
    return SameDayValue(
        metric=metric,
        before_dose=median(before) if before else None,
        after_dose=median(after) if after else None,
    )


def next_day(series: DaySeries, near: Neighbours) -> NextDayValue | None:
    """The value of the date after, unless that is the next dosed date."""
    seen = series.columns.between(near.day + 1, near.day + 1)
    if not seen.days or near.following == near.day + 1:
        return None
    return NextDayValue(metric=series.metric, value=seen.values[0], n_entries=seen.counts[0])


def before_after(series: DaySeries, near: Neighbours, thresholds: Thresholds) -> BeforeAfter:
    """Seven days before against seven after; day 0 is left out."""
    before = values_before(series, near)
    last = min(near.day + COMPARED_DAYS, (near.following or near.day + COMPARED_DAYS + 1) - 1)
    after = series.inside(near.day + 1, last)[1]
    better = METRICS[series.metric].better
    counts: Members = {
        "metric": series.metric,
        "better": better,
        "n_pre": len(before),
        "n_post": len(after),
    }
    if not enough_to_compare(before, after):
        few = ChangeWords.NOT_ENOUGH_DAYS
        return BeforeAfter(**counts, status=TrendStatus.INSUFFICIENT_DATA, words=few)
    found = compare(before, after, better.sign)
    words = comparison_words(
        found,
        len(before),
        len(after),
        points=thresholds.clear_difference_points,
        nap=thresholds.clear_nap,
    )
    return BeforeAfter(**counts, status=TrendStatus.OK, words=words, **_numbers(found))


def session_durability(
    series: DaySeries, near: Neighbours, thresholds: Thresholds
) -> SessionDurability:
    """How long the change lasted, followed to the next session or the end of the data."""
    days, values = series.inside(near.day + 1, near.following)
    found = durability(
        values_before(series, near),
        [(day - near.day, value) for day, value in zip(days, values, strict=True)],
        near.next_offset,
        METRICS[series.metric].better.sign,
        thresholds.least_gain_points,
    )
    return SessionDurability(metric=series.metric, **asdict(found))


def values_before(series: DaySeries, near: Neighbours) -> list[float]:
    """The values of days −7 … −1. They do not stop at an earlier session."""
    return series.inside(near.day - COMPARED_DAYS, near.day - 1)[1]


def _numbers(found: Comparison) -> Members:
    """The comparison's members as the answer nests them."""
    members = asdict(found)
    technical = {name: members.pop(name) for name in TECHNICAL}
    return {**members, "technical": BeforeAfterTechnical(**technical)}


def _value(entry: Headline) -> float:
    if isinstance(entry, MoodHeadline):
        return entry.score
    return cast("AnxietyHeadline", entry).level  # the only other kind that is asked for
