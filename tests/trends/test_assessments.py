"""Changes of questionnaires: which constants count, and in which direction."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.journal.kinds import Headline
from app.trends.answers.assessments import assessment_trend
from app.trends.change_constants import (
    CHANGE_CONSTANTS,
    ChangeRow,
    ChangeTable,
    read_change_constants,
)
from app.trends.schemas.assessments import AssessmentScore, TrendInstrument
from app.trends.series import JournalDays
from app.trends.window import Window
from tests.trends.journals import made, phq9

FIRST = date(2026, 1, 1)
YEAR = Window(FIRST, FIRST + timedelta(days=364), "UTC")


def after(days: int) -> date:
    return FIRST + timedelta(days=days)


def scores(
    instrument: TrendInstrument, *totals: int, table: ChangeTable = CHANGE_CONSTANTS
) -> list[AssessmentScore]:
    seen = [
        made("assessment", after(40 * place), instrument=instrument, total=total)
        for place, total in enumerate(totals)
    ]
    return assessment_trend(JournalDays(seen), YEAR, instrument, table).assessment.scores


def phq(*totals: int) -> list[AssessmentScore]:
    seen = [phq9(after(40 * place), total) for place, total in enumerate(totals)]
    return assessment_trend(JournalDays(seen), YEAR, "phq-9").assessment.scores


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        *[(-7, "better"), (-6, "better"), (-5, "none")],
        *[(0, "none"), (5, "none"), (6, "worse"), (7, "worse")],
    ],
)
def test_change_counts_from_its_points_on(change: int, verdict: str) -> None:
    first, last = phq(12, 12 + change)
    assert first.from_first is None
    assert last.from_first is not None
    assert (last.from_first.change, last.from_first.reliable) == (change, verdict)


def test_rows_that_nobody_checked_are_never_shown() -> None:
    _, last = phq(20, 2)
    assert last.from_first is not None
    assert last.from_first.meaningful is None
    told = assessment_trend(JournalDays([]), YEAR, "phq-9").assessment.constants
    assert [(each.use, each.points) for each in told] == [("reliable", 6)]


def test_points_may_be_halves() -> None:
    _, smaller = scores("qids-sr16", 10, 7)
    _, larger = scores("qids-sr16", 10, 6)
    assert smaller.from_first is not None
    assert larger.from_first is not None
    assert (smaller.from_first.meaningful, larger.from_first.meaningful) == ("none", "better")


def test_changes_are_against_the_first_and_the_one_before_of_the_window() -> None:
    _, second, third = phq(20, 12, 10)
    assert second.from_first == second.from_previous
    assert third.from_first is not None
    assert third.from_previous is not None
    assert (third.from_first.change, third.from_previous.change) == (-10, -2)


def test_an_incomplete_questionnaire_stands_without_a_change() -> None:
    gap = phq9(after(20), 8, skipped=(7, 8, 9))
    seen: list[Headline] = [phq9(after(0), 12), gap, phq9(after(40), 5)]
    answer = assessment_trend(JournalDays(seen), YEAR, "phq-9")
    first, middle, last = answer.assessment.scores
    assert (middle.status, middle.total, middle.from_first) == ("incomplete", None, None)
    assert last.from_previous is not None
    assert last.from_previous.change == -7
    assert (answer.n_days, first.from_first) == (2, None)


def test_scores_ascend_by_date_though_clocks_are_a_day_apart() -> None:
    """A day that is over in the east begins later in the west, on the date before."""
    east, west = "2026-01-31T08:00:00+14:00", "2026-01-30T20:00:00-11:00"
    seen = [
        phq9(after(0), 20),
        phq9(after(30), 12, occurred_at=east, time_zone="Pacific/Kiritimati"),
        phq9(after(29), 9, occurred_at=west, time_zone="Pacific/Pago_Pago"),
    ]
    answer = assessment_trend(JournalDays(seen), YEAR, "phq-9")
    first, second, third = answer.assessment.scores
    assert [score.date.day for score in (first, second, third)] == [1, 30, 31]
    assert third.from_previous is not None
    assert (second.total, third.total, third.from_previous.change) == (9, 12, 3)
    assert (second.recall_overlaps_previous, third.recall_overlaps_previous) == (True, False)
    assert answer.plain == (
        "8 points lower than the first: bigger than the usual wobble of this questionnaire."
    )


def test_an_average_is_shown_beside_its_total() -> None:
    (score,) = scores("des-b", 13)
    assert (score.total, score.average, score.band) == (13, 1.625, "moderate")


def test_a_row_may_carry_a_population_instead_of_points() -> None:
    row = {"instrument": "isi", "use": "reliable", "citation": "A cohort", "checked": True}
    table = ChangeTable.model_validate(
        {"version": "x", "constants": [row | {"sd": 5.2, "reliability": 0.86}]}
    )
    answers = [scores("isi", 19, 19 - change, table=table)[1].from_first for change in (5, 6)]
    assert [answer.reliable for answer in answers if answer] == ["none", "better"]
    (constant,) = assessment_trend(JournalDays([]), YEAR, "isi", table).assessment.constants
    assert constant.points == 5.393099


def test_a_population_without_an_answer_is_left_out() -> None:
    row = {"instrument": "isi", "use": "reliable", "citation": "A cohort", "checked": True}
    for bad in ({"sd": 5, "reliability": 1}, {"sd": 0, "reliability": 0.5}):
        table = ChangeTable.model_validate({"version": "x", "constants": [row | bad]})
        assert table.checked("isi") == []


def test_a_row_has_points_or_a_population_and_not_both() -> None:
    row = {"instrument": "isi", "use": "reliable", "citation": "", "checked": True}
    for bad in ({}, {"sd": 5}, {"points": 3, "sd": 5, "reliability": 0.5}, {"points": 0}):
        with pytest.raises(ValidationError):
            ChangeRow.model_validate(row | bad)


def test_constants_come_from_a_file_with_a_version(tmp_path: Path) -> None:
    file = tmp_path / "constants.json"
    file.write_text('{"version": "7", "constants": []}')
    assert read_change_constants(file).version == "7"
    assert {row.instrument for row in CHANGE_CONSTANTS.constants} == {
        *("phq-9", "gad-7", "pcl-5", "who-5", "qids-sr16", "isi"),
    }
