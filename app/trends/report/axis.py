"""Where the time axis is labelled, and how far a scale of counts reaches."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, log10

from app.trends.report.numerals import MONTHS
from app.trends.window import Window

MOST_TICKS = 7
DAY_STEPS = (1, 2, 7, 14)
MONTH_STEPS = (1, 2, 3, 4, 6)
MONTHS_A_YEAR = 12
FEWEST_COUNT_STEPS = 4


@dataclass(frozen=True, slots=True)
class Tick:
    """A label at a place of an axis."""

    at: float
    label: str


def day_ticks(window: Window) -> list[Tick]:
    """Dates of the window, at most seven; `at` is in days from its first date.

    The first label and each of a January names the year.
    """
    ticks = []
    year = None
    for day in _tick_dates(window):
        named = "" if day.year == year else f" {day.year}"
        year = day.year
        label = f"{day.day} {MONTHS[day.month - 1]}{named}"
        ticks.append(Tick((day - window.first).days, label))
    return ticks


def _tick_dates(window: Window) -> list[date]:
    for step in DAY_STEPS:
        if window.n_days <= step * MOST_TICKS:
            return list(_every(window, step))
    for months in MONTH_STEPS:
        found = list(_months(window, months))
        if len(found) <= MOST_TICKS:
            break
    return found


def _every(window: Window, step: int) -> Iterator[date]:
    """Each `step` days; weeks begin on Monday where the window is long enough for them."""
    first = window.first
    if step >= DAY_STEPS[2]:
        first += timedelta(days=-first.weekday() % 7)
    for offset in range(0, window.n_days, step):
        day = first + timedelta(days=offset)
        if day in window:
            yield day


def _months(window: Window, step: int) -> Iterator[date]:
    """The first of each `step` months, counted from January."""
    year, month = window.first.year, 1
    while (day := date(year, month, 1)) <= window.last:
        if day in window:
            yield day
        month += step
        year, month = year + (month - 1) // MONTHS_A_YEAR, (month - 1) % MONTHS_A_YEAR + 1


def count_ticks(greatest: float) -> list[Tick]:
    """Whole numbers from 0 to at least `greatest` in a few equal steps of 1, 2 or 5 × 10ⁿ."""
    step = max(greatest / FEWEST_COUNT_STEPS, 1)
    power = 10 ** int(log10(step))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= step)
    return [Tick(step * place, str(step * place)) for place in range(ceil(greatest / step) + 1)]
