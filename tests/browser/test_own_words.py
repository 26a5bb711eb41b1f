"""What people write: in its own letters and direction, beside words that stay as they are."""

import io
from typing import Any  # Bundles are free JSON

import pytest
from playwright.sync_api import Locator
from pypdf import PdfReader

from tests.browser.bundles import a_bundle
from tests.browser.conftest import Desk
from tests.browser.diary import a_diary
from tests.browser.sharing_end import SharingEnd

Json = dict[str, Any]
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
PERSIAN = "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0628\u0645!"
HINDI = "\u0915\u094d\u200d\u0937"
HEBREW = "\u05dc\u05d9\u05dc\u05d4 \u05e7\u05e9\u05d4 (3)!"
ALI = "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"


def _noted(*texts: str, **more: Any) -> Json:  # as a_bundle takes them
    diary = a_diary(days=20, sessions=1)
    diary.notes = dict(zip(diary.mood, texts, strict=False))
    return a_bundle(diary, **more)


def _direction(words: Locator) -> str:
    told: str = words.evaluate("(it) => getComputedStyle(it).direction")
    return told


def test_joiners_stay_and_each_note_begins_at_its_own_side(desk: Desk, end: SharingEnd) -> None:
    desk.open(end.publish(_noted(FAMILY, PERSIAN, HINDI, HEBREW, "Slept badly.")))
    notes = desk.page.locator(".notes .note")
    assert notes.all_text_contents() == [FAMILY, PERSIAN, HINDI, HEBREW, "Slept badly."]
    assert [_direction(note) for note in notes.all()] == ["ltr", "rtl", "ltr", "rtl", "ltr"]


def test_a_cell_of_a_table_has_the_direction_of_its_words(desk: Desk, end: SharingEnd) -> None:
    desk.open(end.publish(_noted(HEBREW, "Slept badly.")))
    desk.page.locator(".every-entry summary").click()
    notes = desk.page.get_by_role("table", name="Every entry").locator(".note")
    assert notes.all_inner_texts() == [HEBREW, "Slept badly."]
    assert [_direction(note) for note in notes.all()] == ["rtl", "ltr"]
    assert notes.first.evaluate("(it) => getComputedStyle(it).textAlign") == "start"


@pytest.mark.parametrize("name", ["Robin\u202e", "\u2069\u202eRobin"])
def test_a_name_turns_nothing_in_the_margins_of_the_paper(
    desk: Desk, end: SharingEnd, name: str
) -> None:
    desk.open(end.publish(_noted(name=name)))
    printed = desk.page.pdf(prefer_css_page_size=True)
    for page in PdfReader(io.BytesIO(printed)).pages:
        assert "Robin, 12 May \u2013 31 May 2026" in page.extract_text()


def test_readers_are_named_as_they_write_themselves(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    share = end.publish(bundle)
    desk.follow(share.link)
    desk.page.get_by_label("Your name").fill(f"{ALI}\u202e {FAMILY}")
    desk.page.get_by_label("Passcode").fill(share.passcode or "")
    desk.page.get_by_role("button", name="Open").click()
    desk.see_journal()
    assert share.openings == [f"{ALI} {FAMILY}"]
