"""A journal saved through the API, shared through the API, opened from the page that is served."""

import csv
import io
import json
from datetime import date, timedelta
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from app.demo.diary import synthetic_diary
from tests.browser.conftest import Desk, a_desk, downloaded, drawing_time, watch_drawing
from tests.browser.owner import Owner
from tests.browser.sharing_end import Share, SharingEnd, sharing_end
from tests.sharing.r4 import complaints
from tests.sharing.shared_journal import ALL_KINDS

LAST = date(2026, 5, 31)
QUARTER = {"from": "2026-03-03", "to": str(LAST)}
EVERYTHING = {
    "kinds": ALL_KINDS,
    **QUARTER,
    "include_notes": True,
    "include_signals": True,
    "include_assessment_item_answers": True,
}
GONE = "This link is no longer valid. It may have expired or been withdrawn."
FORMULA = '=HYPERLINK("http://evil.example")'
ATTACK = '<img src=x onerror="window.struck = true">'


@pytest.fixture(scope="module")
def owner(end: SharingEnd) -> Owner:
    """Five years of a synthetic patient, and two notes that mean harm."""
    patient = end.new_owner()
    drafts = [dict(each.draft) for each in synthetic_diary(7, LAST, days=1826).entries]
    moods = [each for each in drafts if each["kind"] == "mood"]
    moods[-1]["note"], moods[-2]["note"] = FORMULA, ATTACK
    patient.write(drafts)
    return patient


def test_a_shared_journal_is_drawn_and_taken_along(
    desk: Desk, end: SharingEnd, owner: Owner
) -> None:
    share = end.share(owner, subject_name="Robin Sample", scope=EVERYTHING)
    desk.open(share)
    words = desk.words()
    assert "Robin Sample" in words
    assert "3 Mar \u2013 31 May 2026 \u00b7 90 days" in words
    assert "could not be drawn" not in words
    assert desk.page.locator("svg[role=img]").count() >= 9
    bundle = json.loads(downloaded(desk, "FHIR JSON"))
    assert complaints(bundle) == []
    (page,) = PdfReader(io.BytesIO(downloaded(desk, "PDF report"))).pages
    assert "Robin Sample" in page.extract_text()
    cells = _cells(downloaded(desk, "CSV"))
    assert f"'{FORMULA}" in cells
    starts = {each[:1] for each in cells if each and not _is_number(each)}
    assert not starts & set("=+-@\t\r")
    assert desk.page.evaluate("window.struck") is None
    assert desk.page.locator("main img").count() == 0
    assert share.openings == ["Dr Lee"]
    _nothing_left_the_page(desk, end, share.key_text)


def _nothing_left_the_page(desk: Desk, end: SharingEnd, key_text: str) -> None:
    assert desk.page.evaluate("window.policyReports") == []
    assert desk.complaints == []
    for request in desk.asked:
        assert request.url.startswith((f"{end.origin}/", "data:image/svg+xml", "blob:"))
        assert key_text not in f"{request.url.split('#')[0]} {request.headers} {request.post_data}"
    assert not any(key_text in line for line in end.asked)


def _cells(content: bytes) -> list[str]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [cell for row in rows for cell in row]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_a_signal_names_the_entry_that_raised_it_and_not_only_when_it_came(
    desk: Desk, end: SharingEnd
) -> None:
    late = end.new_owner()
    raised_by = {
        "kind": "session",
        "occurred_at": "2026-03-03T10:05:00-05:00",
        "time_zone": "America/New_York",
        "status": "completed",
        "substance": "ketamine_racemic",
        "route": "iv_infusion",
        "vitals": [{"phase": "pre", "systolic": 150, "diastolic": 84}],
    }
    asked = {
        "kind": "mood",
        "occurred_at": "2026-03-04T09:00:00-05:00",
        "time_zone": "America/New_York",
        "score": 2,
        "help_wanted": True,
    }
    late.write([{"id": str(uuid4()), **each} for each in (raised_by, asked)])
    desk.open(end.share(late, scope=EVERYTHING))
    rows = desk.page.get_by_role("table", name="Signals").locator("tbody tr")
    told = sorted(row.locator("th, td").all_inner_texts() for row in rows.all())
    entries, signals, seen, raised = zip(*told, strict=True)
    assert entries == (
        "3 Mar 2026, 10:05 \u00b7 Ketamine treatment session",
        "4 Mar 2026, 09:00 \u00b7 Mood, 0\u201310, higher is better",
    )
    assert [each.partition(";")[0] for each in signals] == [
        "Blood pressure was raised before the dose",
        "The patient asked for help",
    ]
    assert seen == ("systolic 150, diastolic 84", "\u2013")
    assert not any("Mar 2026" in each for each in raised)


def test_a_direct_link_and_a_live_one_open_too(desk: Desk, end: SharingEnd, owner: Owner) -> None:
    scope = {"kinds": ALL_KINDS, **QUARTER}
    direct = end.share(owner, kind="direct", scope=scope)
    desk.follow(direct.link)
    desk.press_open(None)
    desk.see_journal()
    assert "Frozen on" in desk.words()
    assert direct.openings == ["Dr Lee"]
    live = end.share(owner, mode="live", scope={"kinds": ALL_KINDS, "last_days": 300})
    desk.open(live)
    assert "As of now" in desk.words()


def test_kinds_that_are_not_shared_are_named_as_left_out_and_nowhere_else(
    desk: Desk, end: SharingEnd, owner: Owner
) -> None:
    desk.open(end.share(owner, scope={"kinds": ["mood"], **QUARTER}))
    left_out = desk.page.locator("dt", has_text="Left out by the patient").locator("..")
    told = left_out.inner_text()
    assert "Anxiety" in told
    assert "Questionnaires" in told
    for fold in desk.page.locator("summary").all():
        fold.click()
    words = desk.words().replace(told, "").casefold()
    for hidden in ("anxiety", "flashback", "nightmare", "dissociation", "session", "questionnaire"):
        assert hidden not in words
    assert desk.page.locator("svg[role=img]").count() >= 2


def test_a_burnt_link_opens_no_more(browser: Browser, end: SharingEnd, owner: Owner) -> None:
    share = end.share(owner, max_openings=1, scope={"kinds": ["mood"], **QUARTER})
    first, second = a_desk(browser), a_desk(browser)
    first.open(share)
    second.open(share, wait=False)
    second.page.get_by_text(GONE).wait_for()
    assert second.page.locator("form").count() == 0
    first.context.close()
    second.context.close()


def test_a_link_that_expired_before_the_readers_clock_says_so_opens_no_more(
    desk: Desk, end: SharingEnd, owner: Owner
) -> None:
    until = (end.clock() + timedelta(seconds=75)).isoformat()
    share = end.share(owner, expires_at=until, scope={"kinds": ["mood"], **QUARTER})
    desk.follow(share.link)
    end.clock.ahead += timedelta(seconds=90)
    desk.press_open(share.passcode)
    desk.page.get_by_text(GONE).wait_for()
    assert share.openings == []


def test_whoever_only_looks_at_a_link_opens_and_burns_nothing(
    desk: Desk, end: SharingEnd, owner: Owner
) -> None:
    share = end.share(owner, max_openings=1, scope={"kinds": ["mood"], **QUARTER})
    address = str(share.taken.payload["url"])
    assert httpx.get(address).status_code == 405
    assert httpx.head(address).status_code == 405
    assert httpx.get(address, headers={"Sec-Purpose": "prefetch"}).status_code == 405
    assert httpx.get(f"{end.origin}/view").status_code == 200
    desk.page.goto(address)  # a bot that follows every address it finds
    desk.follow(share.link)  # and one that runs scripts
    desk.page.wait_for_timeout(1000)
    assert owner.accesses(str(share.share["id"])) == []
    desk.open(share)
    assert share.openings == ["Dr Lee"]


def test_five_years_show_their_last_two_in_under_a_second(
    browser: Browser, end: SharingEnd, owner: Owner
) -> None:
    """A link holds at most 731 days and 5,000 entries; five whole years only a stand-in has."""
    first = LAST - timedelta(days=730)
    scope = {**EVERYTHING, "from": str(first), "to": str(LAST)}
    share = end.share(owner, scope=scope)
    took = min(_drawn_in(browser, share) for _ in range(3))  # others may want the core meanwhile
    print(f"731 days from the service: {took:.0f} ms from the decrypted text to the drawn page")
    assert took < 1000


def _drawn_in(browser: Browser, share: Share) -> float:
    """Milliseconds in a new window."""
    desk = a_desk(browser)
    desk.follow(share.link)
    watch_drawing(desk)
    desk.press_open(share.passcode)
    took = drawing_time(desk)
    assert "731 days" in desk.words()
    desk.context.close()
    return took


def test_a_page_on_a_host_of_its_own_opens_the_links_of_the_service(browser: Browser) -> None:
    with sharing_end("localhost") as apart:
        today = str(apart.clock().date())
        share = apart.share(scope={"kinds": ["mood"], "from": today, "to": today})
        assert share.link.startswith("http://localhost:")
        desk = a_desk(browser)
        desk.open(share)
        assert desk.page.evaluate("window.policyReports") == []
        assert desk.complaints == []
        hosts = {request.url.split("/")[2] for request in desk.asked if "//" in request.url}
        assert {host.split(":")[0] for host in hosts if "." in host} == {"127.0.0.1"}
        desk.context.close()
