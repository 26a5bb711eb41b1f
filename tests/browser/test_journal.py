"""What the open journal shows, prints and hands out."""

import csv
import io
import json
import re
from copy import deepcopy
from typing import Any  # Bundles are free JSON

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.browser.bundles import PDF, a_bundle, edit_trends
from tests.browser.conftest import Desk, a_desk, downloaded, drawing_time, watch_drawing
from tests.browser.diary import a_diary
from tests.browser.sharing_end import SharingEnd

Json = dict[str, Any]
TITLES = [
    "At a glance",
    "Over time",
    "Around the sessions",
    "Dissociation after the dose",
    "Sessions",
    "Questionnaires",
    "What was logged",
    "Patterns",
    "Notes of the patient",
    "Every entry",
    "To bear in mind",
]


@pytest.fixture
def journal(desk: Desk, end: SharingEnd, bundle: Json) -> Desk:
    """An open journal."""
    desk.open(end.publish(bundle))
    return desk


def test_every_section_is_there(journal: Desk) -> None:
    assert journal.page.locator("h2").all_inner_texts() == TITLES
    # Three panels in one drawing, three around the sessions, one of dissociation, three
    # questionnaires, one of coverage.
    assert journal.page.locator("svg[role=img]").count() == 9


def test_missing_days_are_no_points(journal: Desk) -> None:
    diary = a_diary()
    drawn = journal.page.locator("g.mood path.dots").first.get_attribute("d") or ""
    assert drawn.count("M") == len(diary.mood) < len(diary.days)
    median = journal.page.locator("g.mood path.median").first.get_attribute("d") or ""
    assert median.count("M") >= 2
    assert journal.page.locator("rect.gap").count() >= 3


def test_sessions_stand_in_the_long_chart_by_their_number(journal: Desk) -> None:
    names = journal.page.locator(".session-name").all_text_contents()
    assert names == [str(number) for number in range(1, 10)]


def test_a_day_is_read_by_keyboard(journal: Desk) -> None:
    slider = journal.page.get_by_role("slider", name="Read one day")
    slider.focus()
    slider.press("Home")
    said = slider.get_attribute("aria-valuetext") or ""
    assert said.startswith("Sunday 1 February 2026: mood")
    assert journal.page.locator(".readout").inner_text() == said


def test_a_day_is_read_by_a_tap_and_the_chart_stays_under_the_finger(
    browser: Browser, end: SharingEnd, bundle: Json
) -> None:
    desk = a_desk(browser, viewport={"width": 390, "height": 844}, has_touch=True)
    desk.open(end.publish(bundle))
    chart = desk.page.locator(".reading svg")
    chart.scroll_into_view_if_needed()
    before = chart.bounding_box()
    assert before is not None
    desk.page.touchscreen.tap(before["x"] + before["width"] / 2, before["y"] + 80)
    assert "2026: mood" in desk.page.locator(".readout").inner_text()
    assert chart.bounding_box() == before
    narrow = chart.get_attribute("width")
    desk.page.set_viewport_size({"width": 844, "height": 390})
    chart.and_(desk.page.locator(f"svg:not([width='{narrow}'])")).wait_for()
    x = chart.locator(".cursor").get_attribute("x1") or ""
    assert float(x) > 0, "a phone that is turned forgets the day"
    desk.context.close()


def test_a_course_that_did_not_end_is_said_to_be_open(journal: Desk) -> None:
    assert "still raised at 260\u00a0min" in journal.words()
    assert journal.page.locator(".dissociation path.mark-open").count() >= 2


def test_every_chart_has_a_table_of_its_data(journal: Desk) -> None:
    for fold in journal.page.locator("summary").all():
        fold.click()
    captions = journal.page.locator("caption").all_inner_texts()
    expected = [
        "Values by day. A dash is a day without an entry.",
        "Flashbacks by week. A rate needs at least four logged days.",
        "Mood by days from the session",
        "Anxiety by days from the session",
        "Flashbacks by days from the session",
        "Dissociation by session",
        "PHQ-9 scores",
        "GAD-7 scores",
        "PCL-5 scores",
        "Logged days by kind",
    ]
    assert set(expected) <= set(captions)
    rows = journal.page.get_by_role("table", name=expected[0]).locator("tbody tr")
    assert rows.count() == 120


def test_reliable_change_is_in_the_table_and_in_the_shapes(journal: Desk) -> None:
    journal.page.get_by_text("Data table: PHQ-9").click()
    rows = journal.page.get_by_role("table", name="PHQ-9 scores").locator("tbody tr")
    second = rows.nth(1).locator("td").all_inner_texts()
    assert second[2].startswith("\u2212")
    assert second[3] == "better"
    assert journal.page.locator(".wobble").count() == 4


def test_no_word_of_cause_stands_on_the_page(journal: Desk) -> None:
    words = journal.words().lower()
    for cause in ("because of", "thanks to", "due to", "caused", "effect of", "null", "nan"):
        assert cause not in words.replace("finance", "")


def test_a_scope_without_some_kinds_leaves_their_sections_out(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    narrow = deepcopy(bundle)
    edit_trends(narrow, _without_sessions_questionnaires_and_flashbacks)
    desk.open(end.publish(narrow))
    titles = desk.page.locator("h2").all_inner_texts()
    assert "Over time" in titles
    assert not {"Sessions", "Questionnaires", "Around the sessions"} & set(titles)


def _without_sessions_questionnaires_and_flashbacks(trends: Json) -> None:
    for member in ("sessions", "assessments", "flashbacks", "session_response"):
        del trends[member]


def test_a_bundle_without_trends_is_shown_as_tables(desk: Desk, end: SharingEnd) -> None:
    plain = a_bundle(a_diary(days=20, sessions=1), with_trends=False, with_report=False)
    desk.open(end.publish(plain))
    assert "no trend summary" in desk.words()
    assert desk.page.locator("svg[role=img]").count() == 0
    titles = desk.page.locator("h2").all_inner_texts()
    assert {"Mood (0–10, higher is better)", "Ketamine session"} <= set(titles)
    assert desk.page.locator("tbody tr").count() > 20


def test_the_fhir_file_is_the_bundle(journal: Desk, bundle: Json) -> None:
    with journal.page.expect_download() as waiting:
        journal.page.get_by_role("button", name="FHIR JSON").click()
    assert waiting.value.suggested_filename.endswith(".json")
    assert json.loads(waiting.value.path().read_bytes()) == bundle


def test_the_pdf_is_offered_only_when_it_is_there(
    journal: Desk, end: SharingEnd, bundle: Json
) -> None:
    assert downloaded(journal, "PDF report") == PDF
    journal.open(end.publish(a_bundle(a_diary(), with_report=False)))
    assert journal.page.get_by_role("button", name="PDF report").count() == 0


def test_the_csv_file_holds_every_value_and_no_formula(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    poisoned = deepcopy(bundle)
    poisoned["entry"][-1]["resource"]["note"] = [{"text": "=HYPERLINK(1)"}, {"text": "second"}]
    desk.open(end.publish(poisoned))
    content = downloaded(desk, "CSV")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["time", "resource", "what", "part", "value", "unit", "note"]
    assert len({row[0] for row in rows[1:]}) > 90
    assert rows[-1][-1] == "'=HYPERLINK(1)\nsecond"
    cells = [cell for row in rows for cell in row]
    number = re.compile(r"-?\d+(\.\d+)?")
    suspects = [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert all(number.fullmatch(cell) for cell in suspects)


def test_downloads_fetch_nothing(journal: Desk) -> None:
    before = len(journal.asked)
    for name in ("CSV", "FHIR JSON", "PDF report"):
        downloaded(journal, name)
    network = [one for one in journal.asked[before:] if not one.url.startswith("blob:")]
    assert network == []


def test_paper_names_person_period_expiry_pages_and_age(journal: Desk) -> None:
    printed = journal.page.pdf(prefer_css_page_size=True, print_background=False)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages]
    assert 3 <= len(pages) <= 9
    for number, text in enumerate(pages, 1):
        assert "Robin Sample, 1 Feb – 31 May 2026" in text
        assert "Printed copy, not updated; link valid until" in text
        assert "Nobody monitors these entries. In an emergency call" in text
        assert f"Page {number} of {len(pages)}" in text
    assert "FHIR JSON" not in pages[0]
    assert "At a glance" in pages[0]
    (methods,) = [text for text in pages if "Methods, version" in text]
    assert "To bear in mind" in methods, "a paragraph was left alone on a sheet"


def test_a_name_cannot_write_on_the_margin_of_the_paper(desk: Desk, end: SharingEnd) -> None:
    name = '"; } } @page { @top-left { content: "changed'
    desk.open(end.publish(a_bundle(a_diary(days=20, sessions=1), name=name)))
    printed = desk.page.pdf(prefer_css_page_size=True)
    assert name in PdfReader(io.BytesIO(printed)).pages[0].extract_text()


def test_five_years_draw_in_under_a_second(desk: Desk, end: SharingEnd) -> None:
    """More than a link can hold (731 days): the Bundle is put in place of what the service made."""
    share = end.publish(a_bundle(a_diary(days=1826, sessions=70, seed=11)))
    desk.follow(share.link)
    watch_drawing(desk)
    desk.press_open(share.passcode)
    took = drawing_time(desk)
    print(f"five years: {took:.0f} ms from the decrypted text to the drawn page")
    assert desk.page.locator("svg[role=img]").count() == 9
    assert took < 1000
