"""What leaves the page, what stays in it, and what is left when it closes."""

from typing import Any  # Bundles are free JSON

from tests.browser.conftest import Desk
from tests.browser.sharing_end import SharingEnd

Json = dict[str, Any]
CLOSED = "Closed for privacy. Open the link again."


def test_nothing_but_the_page_is_requested_before_open(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    share = end.publish(bundle)
    desk.follow(share.link)
    desk.page.get_by_label("Your name").fill("Dr Lee")
    desk.page.get_by_label("Passcode").fill("typed and not sent")
    desk.page.wait_for_timeout(300)
    paths = [request.url.removeprefix(end.origin).split("#")[0] for request in desk.asked]
    assert paths[0] == "/view"
    assert all(path.startswith("/view/assets/") for path in paths[1:])
    assert share.openings == []


def test_the_link_leaves_address_bar_and_history_at_once(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    desk.follow(end.publish(bundle).link)
    assert desk.page.url == f"{end.origin}/view"
    assert desk.page.evaluate("history.length") <= 2


def test_no_request_carries_the_fragment_and_none_goes_elsewhere(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    before = len(end.asked)
    share = end.publish(bundle, by_location=True)
    desk.open(share)
    for request in desk.asked:
        assert request.url.startswith((f"{end.origin}/", "data:image/svg+xml"))
        sent = f"{request.url.split('#')[0]} {request.headers} {request.post_data}"
        assert share.key_text not in sent
        assert not request.headers.get("referer")
        assert "cookie" not in request.headers
    assert not any(share.key_text in line for line in end.asked[before:])


def test_the_policy_reports_nothing_and_the_console_stays_empty(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    desk.open(end.publish(bundle))
    for fold in desk.page.locator("summary").all():
        fold.click()
    desk.page.locator(".scrub").press("ArrowLeft")
    assert desk.page.evaluate("window.policyReports") == []
    assert desk.complaints == []


def test_nothing_is_stored(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.open(end.publish(bundle))
    stored = desk.page.evaluate(
        "async () => [localStorage.length, sessionStorage.length,"
        " (await indexedDB.databases()).length, document.cookie]"
    )
    assert stored == [0, 0, 0, ""]
    assert desk.context.cookies() == []


def test_markup_in_notes_names_and_labels_stays_text(desk: Desk, end: SharingEnd) -> None:
    attack = '<img src=x onerror="window.struck = true"><script>window.struck = true</script>'
    note = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": attack},
        "effectiveDateTime": "2026-05-05T20:00:00-04:00",
        "valueString": attack,
        "note": [{"text": attack}],
    }
    patient = {"resourceType": "Patient", "name": [{"text": attack}]}
    entries = [{"resource": patient}, {"resource": note}]
    share = end.publish({"resourceType": "Bundle", "entry": entries}, label=attack[:80])
    desk.open(share)
    assert desk.words().count(attack) >= 4
    assert desk.page.locator("img, main script").count() == 0
    assert desk.page.evaluate("window.struck") is None
    assert desk.page.evaluate("window.policyReports") == []


def test_the_back_button_shows_nothing(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.open(end.publish(bundle))
    desk.page.goto(f"{end.origin}/readyz")
    desk.page.go_back()
    desk.page.locator("h1").wait_for()
    assert "Robin Sample" not in desk.page.content()
    assert desk.page.locator("svg[role=img]").count() == 0


def test_a_page_that_is_hidden_for_good_is_empty_before_it_goes(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    desk.open(end.publish(bundle))
    desk.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert CLOSED in desk.words()
    assert "Robin Sample" not in desk.page.content()


def test_a_page_restored_from_the_cache_shows_nothing(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    desk.open(end.publish(bundle))
    restored = "new PageTransitionEvent('pageshow', { persisted: true })"
    desk.page.evaluate(f"window.dispatchEvent({restored})")
    assert CLOSED in desk.words()


def stand_still(desk: Desk) -> None:
    """Stop the page's clock, and then move the mouse: from now on only a test lets time pass."""
    ahead = desk.page.evaluate("Date.now() / 1000 + 60")
    desk.page.clock.pause_at(ahead)
    desk.page.mouse.move(200, 200)


def test_ten_idle_minutes_close_the_journal_after_a_warning(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    desk.page.clock.install()
    desk.open(end.publish(bundle))
    stand_still(desk)
    desk.page.clock.fast_forward("08:58")
    assert desk.page.get_by_role("dialog").count() == 0
    desk.page.clock.fast_forward("00:03")
    desk.page.get_by_role("dialog", name="Still there?").wait_for()
    desk.page.mouse.move(300, 300)
    desk.page.clock.fast_forward("01:01")
    desk.page.get_by_text(CLOSED).wait_for()
    assert desk.page.get_by_role("dialog").count() == 0
    assert "Robin Sample" not in desk.page.content()


def test_stay_keeps_the_journal_open(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.page.clock.install()
    desk.open(end.publish(bundle))
    stand_still(desk)
    desk.page.clock.fast_forward("09:01")
    stay = desk.page.get_by_role("button", name="Stay")
    stay.wait_for()
    assert stay.evaluate("(button) => button === document.activeElement")
    desk.page.keyboard.press("Enter")
    stay.wait_for(state="detached")
    desk.page.clock.fast_forward("08:30")
    assert desk.page.locator(".journal").count() == 1
    desk.page.clock.fast_forward("01:45")
    desk.page.get_by_text(CLOSED).wait_for()


def test_a_form_left_alone_closes_too(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.page.clock.install()
    desk.follow(end.publish(bundle).link)
    desk.page.clock.fast_forward("10:01")
    desk.page.get_by_text(CLOSED).wait_for()
    assert desk.page.locator("form").count() == 0


def test_close_wipes_the_page(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.open(end.publish(bundle))
    desk.page.get_by_role("button", name="Close").click()
    assert CLOSED in desk.words()
    assert "Robin Sample" not in desk.page.content()
    assert desk.page.evaluate("document.adoptedStyleSheets.length") == 0


def test_another_link_in_the_same_tab_replaces_the_first(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    desk.open(end.publish(bundle))
    other = end.publish(bundle, label="Second")
    desk.page.evaluate("(link) => { location.href = link; }", other.link)
    desk.page.get_by_role("heading", name="Second").wait_for()
    assert "Robin Sample" not in desk.page.content()
    assert desk.page.url == f"{end.origin}/view"


def test_every_tag_has_a_checksum_and_a_false_one_is_refused(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    desk.page.route(
        "**/view/assets/*.js",
        lambda route: route.fulfill(body="window.foreign = 1", content_type="text/javascript"),
    )
    desk.page.goto(end.publish(bundle).link)
    desk.page.get_by_text("script of this page was blocked").wait_for()
    assert desk.page.evaluate("window.foreign") is None
    tags = desk.page.locator("script[src], link[rel=stylesheet]")
    sums = tags.evaluate_all("(found) => found.map((tag) => tag.integrity.slice(0, 7))")
    assert sums == ["sha384-", "sha384-"]
