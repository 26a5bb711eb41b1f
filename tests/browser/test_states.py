"""Every state of the page: axe, the policy, and the width, light and dark, on phone and desktop."""

from collections.abc import Callable
from typing import Any, Literal  # Bundles are free JSON

import pytest
from playwright.sync_api import Browser, Route

from tests.browser.bundles import a_bundle, link_payload
from tests.browser.conftest import Desk, a_desk
from tests.browser.diary import a_diary
from tests.browser.sharing_end import SharingEnd
from tests.browser.test_accessibility import axe_findings

Json = dict[str, Any]
Bring = Callable[[Desk, SharingEnd, Json], None]
SIZES = {"phone": (390, 844), "desktop": (1200, 900)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WRONG = "WRONG123"


def _no_link(desk: Desk, end: SharingEnd, _: Json) -> None:
    desk.follow(f"{end.origin}/view")


def _damaged(desk: Desk, end: SharingEnd, _: Json) -> None:
    desk.follow(f"{end.origin}/view#shlink:/eyJ1cmwi")


def _foreign(desk: Desk, end: SharingEnd, _: Json) -> None:
    url = "https://evil.example/shl/abc"
    payload = link_payload(url, bytes(32), flag="U", expires=2_000_000_000, label="Journal")
    desk.follow(f"{end.origin}/view#shlink:/{payload}")


def _expired(desk: Desk, end: SharingEnd, _: Json) -> None:
    url = f"{end.origin}/shl/{'A' * 43}"
    payload = link_payload(url, bytes(32), flag="P", expires=1_000_000_000, label="Journal")
    desk.follow(f"{end.origin}/view#shlink:/{payload}")


def _form(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.follow(end.publish(bundle).link)


def _form_of_a_direct_link(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.follow(end.publish(bundle, direct=True).link)


def _wrong_passcode(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.open(end.publish(bundle), passcode=WRONG, wait=False)
    desk.page.get_by_text("9 tries are left").wait_for()


def _closed_for_good(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    share = end.publish(bundle)
    share.guess(9)
    desk.open(share, passcode=WRONG, wait=False)
    desk.page.get_by_role("heading", name="Closed for good").wait_for()


def _dead(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    share = end.publish(bundle)
    share.revoke()
    desk.open(share, wait=False)
    desk.page.get_by_role("heading", name="No longer valid").wait_for()


def _answered(status: int, words: str) -> Bring:
    def bring(desk: Desk, end: SharingEnd, bundle: Json) -> None:
        def answer(route: Route) -> None:
            route.fulfill(status=status, headers={"Retry-After": "40"}, body="{}")

        desk.page.route("**/shl/**", answer)
        desk.open(end.publish(bundle), wait=False)
        desk.page.get_by_text(words).wait_for()

    return bring


def _no_network(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    share = end.publish(bundle)
    desk.follow(share.link)
    desk.context.set_offline(offline=True)
    desk.press_open(share.passcode)
    desk.page.get_by_text("could not be reached").wait_for()
    desk.context.set_offline(offline=False)


def _opening(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.page.route("**/shl/**", lambda _: None)
    desk.open(end.publish(bundle), wait=False)
    desk.page.get_by_role("button", name="Opening").wait_for()


def _wrong_key(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    share = end.publish(bundle)
    share.hold(end.publish(bundle).holding(bundle))
    desk.open(share, wait=False)
    desk.page.get_by_role("heading", name="Wrong key").wait_for()


def _not_readable(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    share = end.publish(bundle)
    share.hold("not a file")
    desk.open(share, wait=False)
    desk.page.get_by_role("heading", name="Not readable").wait_for()


def _journal(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.open(end.publish(bundle))


def _journal_without_trends(desk: Desk, end: SharingEnd, _: Json) -> None:
    plain = a_bundle(a_diary(days=20, sessions=1), with_trends=False, with_report=False)
    desk.open(end.publish(plain))


def _empty_journal(desk: Desk, end: SharingEnd, _: Json) -> None:
    desk.open(end.share(scope={"kinds": ["mood"], "from": "2020-01-01", "to": "2020-01-09"}))


def _still_there(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.page.clock.install()
    desk.open(end.publish(bundle))
    desk.page.clock.fast_forward("09:01")
    desk.page.get_by_role("dialog").wait_for()
    desk.page.clock.resume()


def _closed(desk: Desk, end: SharingEnd, bundle: Json) -> None:
    desk.open(end.publish(bundle))
    desk.page.get_by_role("button", name="Close").click()


STATES: dict[str, Bring] = {
    "no link": _no_link,
    "damaged": _damaged,
    "another service": _foreign,
    "expired": _expired,
    "form": _form,
    "form without passcode": _form_of_a_direct_link,
    "opening": _opening,
    "wrong passcode": _wrong_passcode,
    "closed for good": _closed_for_good,
    "dead": _dead,
    "busy": _answered(429, "Try again in 40 seconds"),
    "not accepted": _answered(422, "did not accept"),
    "broken": _answered(500, "went wrong at the service"),
    "no network": _no_network,
    "wrong key": _wrong_key,
    "not readable": _not_readable,
    "journal": _journal,
    "journal without trends": _journal_without_trends,
    "empty journal": _empty_journal,
    "still there": _still_there,
    "closed": _closed,
}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, end: SharingEnd, bundle: Json, state: str
) -> None:
    # The checker is a script of another origin than the page's own, hence the bypass, only here.
    # Without motion, colours are those of the other scheme at once and not by and by.
    desk = a_desk(browser, bypass_csp=True, reduced_motion="reduce")
    STATES[state](desk, end, bundle)
    for name, (width, height) in SIZES.items():
        desk.page.set_viewport_size({"width": width, "height": height})
        assert _sideways(desk) <= 0, name
        for scheme in SCHEMES:
            desk.page.emulate_media(color_scheme=scheme)
            assert axe_findings(desk) == [], f"{name}, {scheme}"
    desk.context.close()


def _sideways(desk: Desk) -> int:
    root = "document.documentElement"
    beyond: int = desk.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
    return beyond


@pytest.mark.parametrize("state", STATES)
def test_the_policy_reports_nothing_and_the_page_has_no_complaint_of_its_own(
    desk: Desk, end: SharingEnd, bundle: Json, state: str
) -> None:
    STATES[state](desk, end, bundle)
    assert desk.page.evaluate("window.policyReports") == []
    # The browser itself notes each answer that is no success, and a network that is not there.
    own = [said for said in desk.complaints if not said.startswith("Failed to load resource")]
    assert own == []
