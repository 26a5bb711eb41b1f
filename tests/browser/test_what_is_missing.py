"""What is not there is said, and never drawn or printed as something else."""

import io
from copy import deepcopy
from typing import Any  # Bundles are free JSON

import pytest
from pypdf import PdfReader

from tests.browser.bundles import a_bundle, edit_trends
from tests.browser.conftest import Desk
from tests.browser.diary import a_diary
from tests.browser.sharing_end import SharingEnd

Json = dict[str, Any]
KEPT_FROM = "2026-03-11"


def _cut_off(trends: Json) -> None:
    """As if the entries before a day were more than a link holds."""
    trends["caveats"] = ["truncated"]
    for answer in trends["daily"]:
        for day in answer["days"]:
            if day["date"] < KEPT_FROM:
                day["n"] = 0
                day.pop("value", None)
                day.pop("rolling_median_7", None)
    trends["sessions"]["table"]["rows"] = [
        row for row in trends["sessions"]["table"]["rows"] if row["date"] >= KEPT_FROM
    ]
    for answer in trends["assessments"]:
        scores = answer["assessment"]["scores"]
        answer["assessment"]["scores"] = [one for one in scores if one["date"] >= KEPT_FROM]


def test_entries_that_were_cut_off_are_named_at_the_top_and_are_no_empty_days(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    cut = deepcopy(bundle)
    edit_trends(cut, _cut_off)
    desk.open(end.publish(cut))
    masthead = desk.page.locator(".masthead").inner_text()
    assert "Only the newest 5,000 entries are included." in masthead
    assert "1 Feb \u2013 31 May 2026" in masthead
    slider = desk.page.get_by_role("slider", name="Read one day")
    slider.focus()
    slider.press("Home")
    first = slider.get_attribute("aria-valuetext") or ""
    assert first.startswith("Wednesday 11 March 2026: mood ")
    starts = desk.page.locator("g.mood rect.gap").evaluate_all(
        "(gaps) => gaps.map((gap) => gap.x.baseVal.value)"
    )
    assert starts
    assert min(starts) > 100


def test_a_whole_journal_names_no_cut(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.open(end.publish(bundle))
    assert "5,000" not in desk.words()


def _starts(path: str) -> int:
    return path.count("M")


def test_no_line_runs_through_a_hatched_gap(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.open(end.publish(bundle))
    gaps = desk.page.locator("g.mood rect.gap").evaluate_all(
        "(gaps) => gaps.map((gap) => [gap.x.baseVal.value, gap.width.baseVal.value])"
    )
    line = desk.page.locator("g.mood path.median").first.get_attribute("d") or ""
    points = [float(point.split(",")[0]) for point in line.replace("L", "M").split("M")[1:]]
    assert gaps
    for x, width in gaps:
        assert not [point for point in points if x <= point <= x + width]


def test_scores_are_not_joined_over_a_questionnaire_without_one(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    desk.open(end.publish(bundle))
    lines = desk.page.locator("path.course").evaluate_all(
        "(paths) => paths.map((path) => path.getAttribute('d'))"
    )
    assert sorted(_starts(line) for line in lines) == [1, 1, 2]
    card = desk.page.get_by_role("region", name="Questionnaires")
    assert card.locator(".legend", has_text="\u00d7").count() == 1
    assert "no score: too many items were skipped" in card.inner_text()


@pytest.mark.parametrize("notes", [5, 40])
def test_paper_holds_every_note(desk: Desk, end: SharingEnd, notes: int) -> None:
    diary = a_diary()
    diary.notes = {day: f"Note of {day}." for day in list(diary.mood)[:notes]}
    desk.open(end.publish(a_bundle(diary)))
    printed = desk.page.pdf(prefer_css_page_size=True)
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages)
    assert [note for note in diary.notes.values() if note not in text] == []
    shown = desk.page.get_by_text(next(iter(diary.notes.values())))
    assert shown.is_visible() == (notes == 5), "printing leaves the screen as it was"


def test_the_age_of_a_printed_copy_needs_no_page_margins(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    desk.open(end.publish(bundle))
    told = desk.page.get_by_text("Printed copy, not updated")
    assert not told.is_visible()
    desk.page.emulate_media(media="print")
    assert told.is_visible()
