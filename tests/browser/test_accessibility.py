"""Axe, keyboard, zoom, narrow screens, quiet motion."""

from pathlib import Path
from typing import Any  # axe answers free JSON

import pytest
from playwright.sync_api import Browser

from tests.browser.bundles import a_bundle
from tests.browser.conftest import Desk, a_desk
from tests.browser.diary import a_diary
from tests.browser.sharing_end import SharingEnd

Json = dict[str, Any]
AXE = Path(__file__).parents[2] / "viewer" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"desktop": (1200, 900), "phone": (390, 844), "narrow": (320, 640)}


def axe_findings(desk: Desk) -> list[str]:
    """What every rule that axe ships finds wrong with the page as it stands."""
    desk.page.evaluate(AXE.read_text())
    # `reflow` of frames is off: the page has none. Every rule that axe ships is run.
    found: Json = desk.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Browser, end: SharingEnd, bundle: Json, size: str, scheme: Any
) -> None:
    width, height = SIZES[size]
    # The checker is a script of another origin than the page's own, hence the bypass, only here.
    desk = a_desk(
        browser,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        bypass_csp=True,
    )
    share = end.publish(bundle)
    desk.follow(share.link)
    assert axe_findings(desk) == []
    desk.press_open("WRONG123")
    desk.page.get_by_role("alert").filter(has_text="tries").wait_for()
    assert axe_findings(desk) == []
    desk.press_open(share.passcode)
    desk.see_journal()
    for fold in desk.page.locator("summary").all():
        fold.click()
    assert axe_findings(desk) == []
    desk.page.get_by_role("button", name="Close").click()
    assert axe_findings(desk) == []
    desk.context.close()


def test_axe_finds_nothing_in_the_warning(browser: Browser, end: SharingEnd, bundle: Json) -> None:
    desk = a_desk(browser, bypass_csp=True)
    desk.page.clock.install()
    desk.open(end.publish(bundle))
    desk.page.clock.fast_forward("09:01")
    desk.page.get_by_role("dialog").wait_for()
    desk.page.clock.resume()
    assert axe_findings(desk) == []
    desk.context.close()


def sideways(desk: Desk) -> int:
    """By how many pixels the page is wider than the window."""
    beyond: int = desk.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return beyond


@pytest.mark.parametrize("width", [320, 390, 600, 1280, 1920])
def test_the_page_never_scrolls_sideways(
    browser: Browser, end: SharingEnd, bundle: Json, width: int
) -> None:
    desk = a_desk(browser, viewport={"width": width, "height": 800})
    desk.open(end.publish(bundle))
    assert sideways(desk) <= 0
    desk.context.close()


def test_one_long_word_does_not_widen_the_page(browser: Browser, end: SharingEnd) -> None:
    bundle = a_bundle(a_diary(), name="W" * 40)
    noted = [each["resource"] for each in bundle["entry"] if "note" in each["resource"]]
    assert noted
    for resource in noted:
        resource["note"] = [{"text": "w" * 200}]
    desk = a_desk(browser, viewport={"width": 320, "height": 640})
    share = end.publish(bundle, label="L" * 80)
    desk.follow(share.link)
    desk.page.get_by_role("button", name="Open").wait_for()
    assert sideways(desk) <= 0
    desk.press_open(share.passcode)
    desk.see_journal()
    assert sideways(desk) <= 0
    desk.context.close()


def test_text_twice_as_large_fits(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    # A browser at 200 % zoom gives the page half the pixels in width.
    desk.page.set_viewport_size({"width": 640, "height": 450})
    desk.open(end.publish(bundle))
    root = "document.documentElement"
    assert desk.page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    button = desk.page.get_by_role("button", name="Print")
    assert button.is_visible()


def test_the_keyboard_alone_opens_reads_and_closes(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    share = end.publish(bundle)
    desk.follow(share.link)
    keyboard = desk.page.keyboard
    keyboard.press("Tab")
    keyboard.type("Dr Lee")
    keyboard.press("Tab")
    keyboard.type(share.passcode or "")
    keyboard.press("Enter")
    desk.see_journal()
    assert desk.page.evaluate("document.activeElement.tagName") == "H1"
    reached = []
    for _ in range(40):
        keyboard.press("Tab")
        reached.append(desk.page.evaluate("document.activeElement.textContent.slice(0, 22)"))
    assert reached[:5] == ["Print", "PDF report", "CSV", "FHIR JSON", "Close"]
    assert "Data table: days" in reached
    ring = desk.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring == "solid"


def test_motion_is_still_when_the_reader_wants_it_so(
    browser: Browser, end: SharingEnd, bundle: Json
) -> None:
    desk = a_desk(browser, reduced_motion="reduce")
    desk.open(end.publish(bundle))
    moving = desk.page.evaluate(
        "[...document.querySelectorAll('*')].filter((one) => {"
        " const style = getComputedStyle(one);"
        " return parseFloat(style.transitionDuration) > 0 || style.animationName !== 'none';"
        "}).length"
    )
    assert moving == 0
    desk.context.close()


def test_colour_is_never_the_only_sign(browser: Browser, end: SharingEnd, bundle: Json) -> None:
    desk = a_desk(browser, forced_colors="active")
    desk.open(end.publish(bundle))
    # Panels are named in words, verdicts have shapes of their own.
    words = desk.page.locator(".panel-title").all_text_contents()
    assert [word.split(",")[0] for word in words[:2]] == ["Mood", "Anxiety"]
    shapes = desk.page.locator(".assessment path.mark").evaluate_all(
        "(marks) => new Set(marks.map((mark) => mark.getAttribute('d'))).size"
    )
    assert shapes >= 2
    desk.context.close()


def test_another_link_in_the_same_tab_leads_to_its_title(
    browser: Browser, end: SharingEnd, bundle: Json
) -> None:
    desk = a_desk(browser)
    desk.follow(end.publish(bundle).link)
    desk.page.get_by_role("textbox").first.focus()
    other = end.publish(bundle, label="Another one")
    desk.page.evaluate("link => { location.hash = new URL(link).hash; }", other.link)
    title = desk.page.get_by_role("heading", name="Another one")
    title.wait_for()
    assert title.evaluate("it => it === document.activeElement")
    desk.context.close()
