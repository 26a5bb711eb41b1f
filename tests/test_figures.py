"""The page of figures: each has its rows, and what shows them is there."""

import re
from typing import NamedTuple

import pytest

from tests.evidence import ROOT, check_command, check_test

PAGE = ROOT / "docs" / "figures.md"
FIGURES = range(1, 19)


class Row(NamedTuple):
    """One figure, or a part of it."""

    number: int
    what: str
    goal: str
    sqlite: str
    postgresql: str
    shown_by: str
    more: str


ROWS = [
    Row(int(number), *(each.strip() for each in rest.split("|")))
    for number, rest in re.findall(r"^\| (\d+) \|(.*)\|$", PAGE.read_text("utf-8"), re.MULTILINE)
]
SHOWN_BY = sorted({each for row in ROWS for each in re.findall(r"`([^`]+)`", row.shown_by)})


def test_every_figure_has_its_place_in_order() -> None:
    numbers = [row.number for row in ROWS]
    assert sorted(set(numbers)) == [*FIGURES]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number} {row.what[:20]}")
def test_a_row_has_a_goal_what_was_found_and_what_shows_it(row: Row) -> None:
    assert row.what
    assert row.goal
    assert row.sqlite or row.postgresql
    assert re.sub(r"`[^`]+`|, ", "", row.shown_by) == ""


@pytest.mark.parametrize("name", SHOWN_BY)
def test_what_shows_a_figure_exists(name: str) -> None:
    if name.startswith("python -m "):
        check_command(name)
    else:
        check_test(name)
