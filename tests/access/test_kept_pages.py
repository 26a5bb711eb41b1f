"""What a device keeps of one patient is nobody else's: no tag of theirs is taken for an own one."""

import pytest

from tests.service import Patient, Service, an_entry

pytestmark = pytest.mark.anyio
PATHS = (
    "/v1/entries",
    "/v1/entries?kind=mood&limit=5",
    "/v1/trends/summary",
    "/v1/trends/daily?metric=mood",
    "/v1/trends/timeline",
    "/v1/trends/report.pdf",
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
