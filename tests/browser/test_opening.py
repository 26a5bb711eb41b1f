"""From the link to the journal, and every way in which it does not open."""

import re
from datetime import datetime, timedelta
from typing import Any  # Bundles are free JSON
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Route

from tests.browser.bundles import a_bundle, link_payload
from tests.browser.conftest import Desk, a_desk
from tests.browser.diary import a_diary
from tests.browser.sharing_end import Share, SharingEnd

Json = dict[str, Any]
GONE = (
    "This link is no longer valid. It may have expired or been withdrawn. "
    "Ask the patient for a new one."
)
DAMAGED = "This link is damaged"


def test_a_passcode_link_opens_and_says_who_opened_it(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    share = end.publish(bundle, label="Spring")
    desk.open(share)
    assert share.openings == ["Dr Lee"]
    words = desk.words()
    assert "Robin Sample" in words
    assert "1 Feb – 31 May 2026 · 120 days" in words
    assert "Frozen on 31 May 2026, 18:15" in words
    assert "Single answers of questionnaires · Signals" in words
    first = desk.page.locator("main p").first.inner_text()
    line = "Nobody monitors these entries. In an emergency call the local emergency number."
    assert first == line


def test_every_time_at_the_top_is_of_the_zone_that_stands_there(
    browser: Browser, end: SharingEnd, bundle: Json
) -> None:
    share = end.publish(bundle, expires_in=86_400)
    desk = a_desk(browser, timezone_id="Asia/Tokyo")
    desk.open(share)
    facts = desk.page.locator(".facts").inner_text()
    zone = facts.rpartition("Time zone")[2].strip()
    until = datetime.fromtimestamp(int(share.taken.payload["exp"]), ZoneInfo(zone))
    written = rf"Link valid until\n{until.day} \w+ {until:%Y, %H:%M} GMT[+-]\d"
    assert re.search(written, facts)
    desk.context.close()


def test_a_live_link_is_shown_as_of_now(desk: Desk, end: SharingEnd) -> None:
    live = a_bundle(a_diary(), mode="live")
    desk.open(end.publish(live, live=True))
    assert "As of now (31 May 2026, 18:15 GMT-4)" in desk.words()


def test_a_direct_link_asks_for_no_passcode(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    share = end.publish(bundle, direct=True)
    desk.follow(share.link)
    assert desk.page.get_by_label("Passcode").count() == 0
    desk.press_open(None)
    desk.see_journal()
    assert share.openings == ["Dr Lee"]


def test_a_file_behind_a_location_is_fetched(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.open(end.publish(bundle, by_location=True))
    assert any("/shl/files/" in request.url for request in desk.asked)


def test_a_name_is_needed(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    share = end.publish(bundle)
    desk.follow(share.link)
    desk.page.get_by_label("Passcode").fill(share.passcode or "")
    desk.page.get_by_label("Your name").fill("   ")
    desk.page.get_by_role("button", name="Open").click()
    assert not any("/shl/" in request.url for request in desk.asked)


def test_a_wrong_passcode_counts_the_tries_and_the_right_one_still_opens(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    share = end.publish(bundle)
    desk.open(share, passcode="WRONG123", wait=False)
    alert = desk.page.get_by_role("alert")
    alert.filter(has_text="9 tries are left").wait_for()
    assert alert.inner_text() == (
        "That passcode is not right. 9 tries are left, then the link closes for good."
    )
    assert desk.page.evaluate("document.activeElement.id") == "passcode"
    desk.press_open("WRONG456")
    alert.filter(has_text="8 tries are left").wait_for()
    desk.press_open(share.passcode)
    desk.see_journal()


def test_the_last_wrong_passcode_closes_the_form(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    share = end.publish(bundle)
    share.guess(9)
    desk.open(share, passcode="WRONG123", wait=False)
    desk.page.get_by_text("the link is closed for good").wait_for()
    assert desk.page.locator("form").count() == 0


def test_a_dead_link_says_so(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    share = end.publish(bundle)
    share.revoke()
    desk.open(share, wait=False)
    desk.page.get_by_text(GONE).wait_for()
    assert desk.page.locator("form").count() == 0


def test_an_expired_link_says_so_without_a_request(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    share = end.publish(bundle, expires_in=90)
    desk.page.clock.install(time=end.clock() + timedelta(minutes=2))
    desk.follow(share.link)
    assert GONE in desk.words()
    assert desk.page.locator("form").count() == 0
    assert not any("/shl/" in request.url for request in desk.asked)


def test_a_link_that_expires_in_front_of_the_form_sends_nothing(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    desk.page.clock.install(time=end.clock())
    share = end.publish(bundle, expires_in=90)
    desk.follow(share.link)
    desk.page.clock.fast_forward("02:00")
    desk.press_open(share.passcode)
    desk.page.get_by_text(GONE).wait_for()
    assert not any("/shl/" in request.url for request in desk.asked)


def test_a_damaged_link_says_so_without_a_request(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    share = end.publish(bundle)
    desk.follow(share.link[:-40])
    assert DAMAGED in desk.words()
    assert not any("/shl/" in request.url for request in desk.asked)


def test_a_link_to_another_origin_is_refused(desk: Desk, end: SharingEnd) -> None:
    url = "https://evil.example/shl/abc"
    payload = link_payload(url, bytes(32), flag="U", expires=2_000_000_000, label="Journal")
    desk.follow(f"{end.origin}/view#shlink:/{payload}")
    assert "belongs to another service" in desk.words()
    assert desk.page.locator("form").count() == 0
    assert desk.page.evaluate("window.policyReports") == []


def test_no_link_at_all_is_explained(desk: Desk, end: SharingEnd) -> None:
    desk.follow(f"{end.origin}/view")
    assert "Open the link again" in desk.words()


def test_a_reload_needs_the_link_again(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.open(end.publish(bundle))
    desk.page.reload()
    assert "a reload or the back button needs it anew" in desk.words()


def test_a_key_that_does_not_fit_is_told_apart(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    share = end.publish(bundle)
    other = end.publish(bundle)
    share.hold(other.holding(bundle))
    desk.open(share, wait=False)
    desk.page.get_by_text("the key in this link does not fit").wait_for()


def test_a_file_that_is_none_is_told_apart(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    share = end.publish(bundle)
    share.hold("not a file")
    desk.open(share, wait=False)
    desk.page.get_by_text("not with a journal that this page can read").wait_for()


def _answering(desk: Desk, share: Share, status: int, headers: dict[str, str]) -> None:
    def answer(route: Route) -> None:
        route.fulfill(status=status, headers=headers, body="{}")

    desk.page.route("**/shl/**", answer)
    desk.open(share, wait=False)


def test_a_busy_service_names_the_wait_and_the_form_stays(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    share = end.publish(bundle)
    _answering(desk, share, 429, {"Retry-After": "40"})
    desk.page.get_by_text("The service is busy. Try again in 40 seconds.").wait_for()
    desk.page.unroute_all()
    desk.press_open(share.passcode)
    desk.see_journal()


def test_an_overloaded_or_broken_service_is_told_apart(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    _answering(desk, end.publish(bundle), 503, {})
    desk.page.get_by_text("The service is busy. Try again in a minute.").wait_for()
    desk.page.unroute_all()
    _answering(desk, end.publish(bundle), 500, {})
    desk.page.get_by_text("Something went wrong at the service.").wait_for()


def test_a_lost_network_is_named_and_the_form_stays(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    share = end.publish(bundle)
    desk.follow(share.link)
    desk.context.set_offline(offline=True)
    desk.press_open(share.passcode)
    desk.page.get_by_text("could not be reached").wait_for()
    desk.context.set_offline(offline=False)
    desk.press_open(share.passcode)
    desk.see_journal()


def test_a_download_that_fails_is_fetched_again_and_spends_no_second_opening(
    desk: Desk, end: SharingEnd, bundle: Json
) -> None:
    share = end.publish(bundle, by_location=True)
    desk.page.route("**/shl/files/**", lambda route: route.abort("connectionreset"))
    desk.open(share, wait=False)
    desk.page.get_by_text("the connection broke off").wait_for()
    desk.page.unroute_all()
    desk.press_open(share.passcode)
    desk.see_journal()
    fetched = [request.url for request in desk.asked if "/shl/files/" in request.url]
    assert len(fetched) == 2
    assert len(set(fetched)) == 1
    told = share.owner.ask("GET", f"/v1/shares/{share.share['id']}").json()
    assert told["openings"] == 1


def test_without_scripts_the_page_says_what_is_missing(
    browser: Browser, end: SharingEnd, bundle: Json
) -> None:
    desk = a_desk(browser, java_script_enabled=False)
    desk.page.goto(end.publish(bundle).link)
    assert "This page needs JavaScript." in desk.words()
    desk.context.close()
