"""The limits before links, for readers who have no account."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.clocks import SetClock
from tests.service import Patient, Service
from tests.sharing.links import NOBODY, a_draft, manifest, outcomes, revoke, share
from tests.throttling.visitors import at, is_throttled, limited, new_address

pytestmark = pytest.mark.anyio
FEW = "share_open.link=4/1m,share_open.address=9/1m"


@pytest.fixture
async def service(
    database_url: str, tmp_path: Path, clock: SetClock, anyio_backend: str
) -> AsyncIterator[Service]:
    """With few of everything."""
    async with limited(database_url, tmp_path, clock, FEW) as started:
        yield started


async def test_a_link_is_asked_only_so_often_whether_it_lives_or_not(
    service: Service, patient: Patient
) -> None:
    link = await share(patient)
    for path in (link.path, f"/shl/{NOBODY}"):
        answers = []
        for _ in range(5):
            async with at(service, new_address()) as reader:
                answers.append(await reader.post(path, json={"recipient": "Dr Lee"}))
        statuses = [each.status_code for each in answers]
        assert statuses == [401 if path == link.path else 404] * 4 + [429]
        assert answers[-1].headers["Access-Control-Allow-Origin"] == "*"
        assert "instance" not in answers[-1].json()
        assert is_throttled(answers[-1])


async def test_a_reader_asks_for_only_so_many_links(service: Service, patient: Patient) -> None:
    direct = await share(patient, a_draft(kind="direct"))
    async with at(service, new_address()) as reader:
        opened = await reader.get(direct.path, params={"recipient": "Dr Lee"})
        paths = [f"/shl/{n:043}" for n in range(9)]
        answers = [await reader.post(path, json={"recipient": "Dr Lee"}) for path in paths]
    assert opened.status_code == 200
    assert [each.status_code for each in answers] == [404] * 8 + [429]


async def test_previews_of_a_link_with_a_passcode_keep_nobody_out(
    service: Service, patient: Patient
) -> None:
    link = await share(patient)
    for _ in range(20):
        assert (await service.http.get(link.path)).status_code == 405
    body = {"recipient": "Dr Lee", "passcode": link.passcode}
    assert (await service.http.post(link.path, json=body)).status_code == 200


async def test_whoever_gets_dead_links_is_counted_and_leaves_no_more_notes_than_that(
    service: Service, patient: Patient
) -> None:
    link = await share(patient, a_draft(kind="direct"))
    await revoke(patient, link)
    told = []
    for path in (link.path, f"/shl/{NOBODY}"):
        async with at(service, new_address()) as reader:
            answers = [await reader.get(path, params={"recipient": "Dr Lee"}) for _ in range(7)]
        assert [each.status_code for each in answers] == [404] * 4 + [429] * 3
        assert all(is_throttled(each) for each in answers[4:])
        told.append(answers[-1].json() | {"request_id": ""})
    assert told[0] == told[1]
    assert await outcomes(patient, link) == [("direct", "refused")] * 4


async def test_whoever_gets_link_after_link_is_stopped_and_previews_go_on(
    service: Service, patient: Patient
) -> None:
    living = await share(patient)
    async with at(service, new_address()) as reader:
        answers = [await reader.get(f"/shl/{n:043}") for n in range(10)]
        preview = await reader.get(living.path)
    assert [each.status_code for each in answers] == [404] * 9 + [429]
    assert preview.status_code == 405


async def test_places_of_files_are_asked_for_only_so_often(
    service: Service, patient: Patient
) -> None:
    link = await share(patient)
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    for path, status in ((file["location"], 200), (f"/shl/files/{NOBODY}", 404)):
        async with at(service, new_address()) as reader:
            answers = [await reader.get(path) for _ in range(5)]
        assert [each.status_code for each in answers] == [status] * 4 + [429]
        assert is_throttled(answers[-1])
        assert answers[-1].headers["Access-Control-Allow-Origin"] == "*"
    async with at(service, new_address()) as reader:
        many = [await reader.get(f"/shl/files/{n:043}") for n in range(10)]
    assert [each.status_code for each in many] == [404] * 9 + [429]
