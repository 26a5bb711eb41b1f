"""The printed page in a Bundle: the scope's own report, and no link fails for want of one."""

import sys
from datetime import timedelta
from importlib.metadata import PackageNotFoundError
from io import BytesIO
from unicodedata import normalize

import pytest
from pypdf import PdfReader

from app.sharing.content_version import content_versions
from app.trends.report.typesetting import NotTypeset
from app.web.problems import Unavailable
from tests.clocks import SetClock
from tests.service import Patient, Service
from tests.sharing.links import a_draft, ask_for, opened, report_of, share
from tests.sharing.r4 import complaints, resources
from tests.sharing.shared_journal import ALL_KINDS, WORD, journal

pytestmark = pytest.mark.anyio
MONTH = {"from": "2026-05-01", "to": "2026-05-30"}
EVERYTHING = {
    "kinds": ALL_KINDS,
    **MONTH,
    "include_notes": True,
    "include_signals": True,
    "include_assessment_item_answers": True,
}


def words_of(pdf: bytes | None) -> str:
    """The text layer of the page."""
    assert pdf is not None
    (page,) = PdfReader(BytesIO(pdf)).pages
    return " ".join(normalize("NFKC", page.extract_text()).split())


async def test_a_share_carries_the_report_of_its_scope(service: Service, patient: Patient) -> None:
    await journal(patient)
    link = await share(patient, subject_name="Robin Sample", scope=EVERYTHING)
    bundle = await opened(service, link)
    assert complaints(bundle) == []
    (document,) = [
        each
        for each in resources(bundle, "DocumentReference")
        if "60591-5" in str(each["type"]["coding"])
    ]
    assert (document["status"], document["author"]) == ("current", [document["subject"]])
    words = words_of(report_of(bundle))
    assert "Robin Sample" in words
    assert "Generated from self-reported entries. Nobody monitors them" in words
    assert "1 May" in words
    assert WORD not in words


async def test_the_report_of_everything_is_that_of_the_operation(
    service: Service, patient: Patient
) -> None:
    await journal(patient)
    bundle = await opened(service, await share(patient, scope=EVERYTHING))
    answer = await patient.ask("GET", "/v1/trends/report.pdf", params=MONTH)
    assert report_of(bundle) == answer.content


async def test_the_report_names_no_kind_that_is_not_shared(
    service: Service, patient: Patient
) -> None:
    await journal(patient)
    scope = {**EVERYTHING, "kinds": ["mood"]}
    words = words_of(report_of(await opened(service, await share(patient, scope=scope))))
    assert "Not part of what was shared: anxiety, flashbacks, dissociation, sessions" in words
    assert "PHQ-9" not in words


async def test_a_report_that_cannot_be_set_is_left_out_and_the_link_opens(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        raise NotTypeset

    monkeypatch.setattr("app.trends.report.report.typeset", refuse)
    bundle = await opened(service, await share(patient))
    assert complaints(bundle) == []
    assert report_of(bundle) is None
    assert len(resources(bundle, "DocumentReference")) == 1


async def test_no_file_is_kept_that_lacks_its_report_for_a_passing_reason(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> bytes:
        raise Unavailable

    draft, live = a_draft(subject_name="Robin Sample"), await share(patient, mode="live")
    monkeypatch.setattr("app.trends.report.report.typeset", fail)
    refused = await patient.ask("POST", "/v1/shares", json=draft)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert (await ask_for(service, live, live.passcode)).status_code == 503
    monkeypatch.undo()
    assert "Robin Sample" in words_of(report_of(await opened(service, await share(patient, draft))))
    assert report_of(await opened(service, live)) is not None


async def test_a_house_without_a_typesetter_still_shares(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fontpkg_source_sans_3", None)  # as if not installed
    assert report_of(await opened(service, await share(patient))) is None


async def test_a_name_that_the_page_cannot_print_does_not_cost_the_page(
    service: Service, patient: Patient
) -> None:
    bundle = await opened(service, await share(patient, subject_name="\u0cb0\u0cbe\u0ca7\u0cbf"))
    assert "(a name in letters that this page cannot print)" in words_of(report_of(bundle))


async def test_a_live_link_follows_the_version_of_the_page(
    service: Service, patient: Patient, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await share(patient, mode="live")
    first = await opened(service, link)
    clock.now += timedelta(seconds=1)
    assert await opened(service, link) == first
    monkeypatch.setattr("app.sharing.content_version.page_version", lambda: "another")
    content_versions.cache_clear()
    assert (await opened(service, link))["timestamp"] > first["timestamp"]
    monkeypatch.undo()
    content_versions.cache_clear()


def test_each_ingredient_of_the_content_has_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> str:
        raise PackageNotFoundError

    content_versions.cache_clear()
    with_snomed, without = content_versions(snomed=True), content_versions(snomed=False)
    monkeypatch.setattr("app.sharing.content_version.page_version", absent)
    content_versions.cache_clear()
    no_page = content_versions(snomed=True)
    content_versions.cache_clear()
    assert len({with_snomed, without, no_page}) == 3
    assert no_page[2] == "none"
