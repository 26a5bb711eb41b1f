"""Columns of days: whatever way they are cut and joined, they hold each day once and in order."""

from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from app.trends.day_columns import DayColumns
from app.trends.metrics import DayValue
from app.trends.statistics.rolling_median import rolling_medians

ORDINALS = st.integers(1, 60)
VALUES = st.integers(0, 20).map(lambda half: half / 2)
DAYS = st.dictionaries(
    ORDINALS, st.builds(DayValue, value=VALUES, n=st.integers(1, 9), low=VALUES, high=VALUES)
)


@given(DAYS, st.lists(st.integers(0, 3), min_size=60, max_size=60))
def test_parts_in_any_order_make_the_whole(days: dict[int, DayValue], part_of: list[int]) -> None:
    parts = [
        DayColumns.of({day: seen for day, seen in days.items() if part_of[day - 1] == number})
        for number in range(4)
    ]
    assert DayColumns.joined(parts) == DayColumns.of(days)
    assert DayColumns.joined(reversed(parts)) == DayColumns.of(days)


@given(DAYS, ORDINALS, st.none() | ORDINALS)
def test_a_part_holds_its_days_alone(
    days: dict[int, DayValue], first: int, last: int | None
) -> None:
    inside = {
        day: seen for day, seen in days.items() if first <= day and (last is None or day <= last)
    }
    part = DayColumns.of(days).between(first, last)
    assert part == DayColumns.of(inside)
    assert part.is_even


@given(st.dictionaries(ORDINALS, VALUES), st.integers(1, 50), st.integers(0, 20))
def test_rolling_medians_are_those_of_seven_days(
    days: dict[int, float], first: int, more: int
) -> None:
    counts, medians = rolling_medians(days, first, first + more)
    for place, day in enumerate(range(first, first + more + 1)):
        seven = [days[each] for each in range(day - 6, day + 1) if each in days]
        assert counts[place] == len(seven)
        assert medians[place] == (median(seven) if len(seven) >= 3 else None)
