"""The labels of the axes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.trends.report.axis import MOST_TICKS, count_ticks, day_ticks
from app.trends.window import Window

WINDOWS = some.builds(
    lambda first, days: Window(first, first + timedelta(days=days), "UTC"),
    some.dates(date(1990, 1, 1), date(2060, 1, 1)),
    some.integers(0, 730),
)


@given(WINDOWS)
def test_a_window_of_any_length_has_a_few_labels_inside_it(window: Window) -> None:
    ticks = day_ticks(window)
    assert 0 < len(ticks) <= MOST_TICKS
    places = [tick.at for tick in ticks]
    assert places == sorted(set(places))
    assert places[0] >= 0
    assert places[-1] < window.n_days
    assert ticks[0].label.endswith(str((window.first + timedelta(days=places[0])).year))


def test_weeks_are_labelled_on_mondays_and_months_on_their_first() -> None:
    ninety = Window(date(2026, 1, 9), date(2026, 4, 8), "UTC")
    labels = [tick.label for tick in day_ticks(ninety)]
    assert labels == ["12 Jan 2026", "26 Jan", "9 Feb", "23 Feb", "9 Mar", "23 Mar", "6 Apr"]
    years = Window(date(2024, 4, 8), date(2026, 4, 8), "UTC")
    labels = [tick.label for tick in day_ticks(years)]
    assert labels == ["1 May 2024", "1 Sep", "1 Jan 2025", "1 May", "1 Sep", "1 Jan 2026"]


@pytest.mark.parametrize(
    ("greatest", "labels"),
    [(0.4, "0 1"), (1, "0 1"), (3.7, "0 1 2 3 4"), (11.3, "0 5 10 15"), (25, "0 10 20 30")],
)
def test_counts_have_round_steps(greatest: float, labels: str) -> None:
    assert " ".join(tick.label for tick in count_ticks(greatest)) == labels


@given(some.floats(0.1, 5000))
def test_a_scale_of_counts_reaches_beyond_its_greatest_value(greatest: float) -> None:
    ticks = count_ticks(greatest)
    assert ticks[-1].at >= greatest
    assert 2 <= len(ticks) <= 7
