"""The patient hears by mail that a link was opened, once, whoever else opens it."""

import asyncio

import pytest

from tests.clocks import SetClock
from tests.service import Patient, Service, settled
from tests.sharing.links import Link, ask_for, opened, read_direct, room, share

pytestmark = pytest.mark.anyio
SUBJECT = "Subject: A link of yours was opened"


async def heard(service: Service, patient: Patient) -> list[str]:
    """The mails of this patient about openings."""
    await settled(service)
    return [text for text in service.mailed() if patient.email in text and SUBJECT in text]


async def test_the_first_opening_is_told_and_no_other(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient, label="Label", subject_name="Robin", private_note="for Dr Lee")
    assert await heard(service, patient) == []
    for _ in range(3):
        await opened(service, link)
    (mail,) = await heard(service, patient)
    assert f"{clock.now:%Y-%m-%d %H:%M} (UTC)" in mail
    for secret in (link.token, link.passcode, link.id, "Dr Lee", "Label", "Robin"):
        assert secret not in mail


async def test_whoever_does_not_get_in_is_no_opening(service: Service, patient: Patient) -> None:
    link = await share(patient)
    await ask_for(service, link)
    await ask_for(service, link, "WRONG234")
    await service.http.get(link.path)
    await service.http.head(link.path)
    assert await heard(service, patient) == []


async def test_many_first_readers_at_once_make_one_mail(service: Service, patient: Patient) -> None:
    links = [await share(patient), await share(patient, mode="live")]
    links.append(await share(patient, kind="direct"))

    async def read(link: Link) -> int:
        if link.payload["flag"] == "U":
            return (await read_direct(service, link)).status_code
        return (await ask_for(service, link, link.passcode)).status_code

    codes = await asyncio.gather(*(read(link) for link in links for _ in range(8)))
    assert codes.count(200) >= 2 * len(links)
    assert len(await heard(service, patient)) == len(links)


async def test_a_link_that_dies_with_its_first_opening_still_tells(
    service: Service, patient: Patient
) -> None:
    link = await share(patient, max_openings=1)
    await asyncio.gather(*(ask_for(service, link, link.passcode) for _ in range(6)))
    assert len(await heard(service, patient)) == 1


async def test_the_mail_leaves_as_soon_as_the_opening_is_counted(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, woken = await share(patient), []
    monkeypatch.setattr(room(service).equipment.news, "wake", lambda: woken.append("at once"))
    assert (await ask_for(service, link, "WRONG234")).status_code == 401
    assert woken == []
    for _ in range(2):  # the second tells nothing, and so wakes nobody
        await opened(service, link)
        assert woken == ["at once"]
