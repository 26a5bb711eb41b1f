"""What a device keeps of one patient is nobody else's: no tag of theirs is taken for an own one."""

from typing import Any

import pytest

from tests.service import Patient, Service, an_entry
from tests.sharing.links import ask_for, share

pytestmark = pytest.mark.anyio
REPORT = "/v1/trends/report.pdf"
LISTS = ("/v1/devices", "/v1/passkeys", "/v1/signals", "/v1/shares")
PATHS = (
    "/v1/entries",
    "/v1/entries?kind=mood&limit=5",
    "/v1/trends/summary",
    "/v1/trends/daily?metric=mood",
    "/v1/trends/timeline",
    *LISTS,
    REPORT,
    "/v1/audit-events",  # last, for a report is noted there
)


async def tags(patient: Patient) -> dict[str, str]:
    """Of the page at each path."""
    found = {}
    for path in PATHS:
        answer = await patient.ask("GET", path)
        assert answer.status_code == 200, answer.text
        found[path] = answer.headers["ETag"]
    return found


async def fresh(patient: Patient, known: dict[str, str]) -> list[str]:
    """The paths whose page is told to be the known one."""
    answers = {
        path: (await patient.ask("GET", path, {"If-None-Match": tag})).status_code
        for path, tag in known.items()
    }
    assert set(answers.values()) <= {200, 304}
    return [path for path, status in answers.items() if status == 304]


async def test_patients_who_did_the_same_share_no_tag(service: Service) -> None:
    first, second = await service.sign_up(), await service.sign_up()
    for patient in (first, second):
        await patient.save(an_entry())
    known = await tags(first)
    assert await fresh(first, known) == [*PATHS]
    assert await fresh(second, known) == []


async def test_a_new_account_of_the_same_person_takes_nothing_over(service: Service) -> None:
    patient = await service.sign_up()
    await patient.save(an_entry())
    known = await tags(patient)
    await patient.step_up()
    assert (await patient.ask("DELETE", "/v1/account")).status_code == 204
    again = await service.sign_up(patient.email)
    await again.save(an_entry())
    assert await fresh(again, known) == []


async def test_an_unchanged_page_says_what_it_said_and_a_tag_is_of_one_form(
    service: Service,
) -> None:
    patient = await service.sign_up()
    for _ in range(8):
        entry = await patient.save(an_entry())
    entry_path = f"/v1/entries/{entry['entry']['id']}"
    tag = {"If-Match": entry_tag(entry)}
    changed = await patient.ask("PATCH", entry_path, tag, json={"score": 1})
    assert changed.status_code == 200, changed.text
    for path in (*PATHS, f"{entry_path}/history"):
        forms = []
        for coding in ("gzip", "identity"):
            answer = await patient.ask("GET", path, {"Accept-Encoding": coding})
            assert answer.headers["Cache-Control"] == "private, no-cache"
            forms.append(answer.headers["ETag"])
            known = {"Accept-Encoding": coding, "If-None-Match": answer.headers["ETag"]}
            unchanged = await patient.ask("GET", path, known)
            assert (unchanged.status_code, unchanged.content) == (304, b"")
            for name in ("ETag", "Vary", "Cache-Control"):
                assert unchanged.headers.get(name) == answer.headers.get(name)
        assert answer.headers.get("Vary") == (None if path == REPORT else "Accept-Encoding")
        assert (len(set(forms)) == 1) == (path == REPORT)


def entry_tag(saved: dict[str, Any]) -> str:
    """The tag of an entry as it was saved."""
    return f'"{saved["entry"]["revision"]}"'


async def test_a_list_that_has_changed_is_sent_again(service: Service) -> None:
    patient = await service.sign_up()
    await patient.step_up()
    link = await share(patient)
    accesses = f"/v1/shares/{link.id}/accesses"
    known = {path: (await patient.ask("GET", path)).headers["ETag"] for path in (*LISTS, accesses)}
    assert await fresh(patient, known) == [*known]
    await patient.sign_in_again()
    assert await fresh(patient, known) == [each for each in known if each != "/v1/devices"]
    await ask_for(service, link, link.passcode)
    assert (await patient.ask("DELETE", f"/v1/shares/{link.id}")).status_code == 204
    assert await fresh(patient, known) == ["/v1/passkeys", "/v1/signals"]
