"""Days and moods around minimums: one below, at, and one above."""

from datetime import date, timedelta

import pytest

from app.journal.kinds import Headline
from app.trends.window import Window
from tests.trends.journals import mood

MONDAY = date(2026, 3, 2)
NONE, SOME = False, True


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


def window(n_days: int) -> Window:
    return Window(MONDAY, after(n_days - 1), "UTC")


def moods(n_days: int, first: int = 0, every: int = 1) -> list[Headline]:
    """A mood on `n_days` dates, never twice the same in a row."""
    return [mood(after(first + every * n), 3 + n % 2) for n in range(n_days)]


def around(below: int, step: int = 1) -> pytest.MarkDecorator:
    """One below a minimum, at it, and one above; only the first shows nothing."""
    told = [(below, NONE), (below + step, SOME), (below + 2 * step, SOME)]
    return pytest.mark.parametrize(("n", "shown"), told)
