"""A live link follows the journal, and makes its file only when it must."""

import asyncio
from datetime import timedelta

import pytest

from app.sharing.file import encrypted
from app.sharing.material import Material
from tests.clocks import SetClock
from tests.service import Patient, Service, an_entry
from tests.sharing.links import (
    ask_for,
    manifest,
    opened,
    room,
    share,
    trend_document,
)
from tests.sharing.r4 import resources

pytestmark = pytest.mark.anyio


async def test_a_live_link_is_encrypted_anew_only_when_something_changed(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient, mode="live")
    files = [(await manifest(service, link))["files"][0] for _ in range(3)]
    assert files[0] == files[1] == files[2]
    clock.now += timedelta(minutes=1)
    await patient.save(an_entry())
    changed = (await manifest(service, link))["files"][0]
    assert changed["embedded"] != files[0]["embedded"]
    assert changed["lastUpdated"] > files[0]["lastUpdated"]
    await patient.set_time_zone("Europe/Berlin")
    zoned = (await manifest(service, link))["files"][0]
    assert zoned["embedded"] != changed["embedded"]
    assert trend_document(link.decrypted(zoned["embedded"]))["time_zone"] == "Europe/Berlin"


async def test_a_live_link_follows_the_days(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient, mode="live", scope={"last_days": 2, "from": None})
    await patient.save(an_entry(score=7))
    assert resources(await opened(service, link), "Observation")
    clock.now += timedelta(days=1)
    document = trend_document(await opened(service, link))
    assert (document["scope"]["from"], document["scope"]["to"]) == ("2026-06-01", "2026-06-02")
    clock.now += timedelta(days=1)
    assert not resources(await opened(service, link), "Observation")


async def test_a_superseded_file_is_readable_until_its_tickets_are_over(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient, mode="live")
    (old,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    clock.now += timedelta(minutes=9)
    await patient.save(an_entry())
    (new,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    texts = [(await service.http.get(each["location"])).text for each in (old, new)]
    assert texts[0] != texts[1]
    assert [link.decrypted(text)["resourceType"] for text in texts] == ["Bundle", "Bundle"]
    clock.now += timedelta(minutes=2)
    await room(service).sweep.once()
    statuses = [(await service.http.get(each["location"])).status_code for each in (old, new)]
    assert statuses == [404, 200]


async def test_many_who_ask_at_once_have_one_file_made(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def counted(material: Material, key: str) -> bytes:
        made.append(key)
        return encrypted(material, key)

    monkeypatch.setattr("app.sharing.files.encrypted", counted)
    link = await share(patient, mode="live")
    answers = await asyncio.gather(*(ask_for(service, link, link.passcode) for _ in range(9)))
    bodies = [each.json()["files"][0]["embedded"] for each in answers if each.status_code == 200]
    assert len(bodies) == 9
    assert len(set(bodies)) == len(made) == 1


async def test_every_encryption_has_a_nonce_of_its_own(service: Service, patient: Patient) -> None:
    link = await share(patient, mode="live")
    nonces = set()
    for number in range(5):
        await patient.save(an_entry(score=number))
        nonces.add((await manifest(service, link))["files"][0]["embedded"].split(".")[2])
    assert len(nonces) == 5


async def test_a_live_link_shows_the_newest_entries_and_says_that_others_are_left_out(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sharing.material.MOST_SNAPSHOT_ENTRIES", 3)
    for day in range(20, 25):
        await patient.save(an_entry(score=day - 20, occurred_at=f"2026-05-{day}T09:00:00+02:00"))
    link = await share(patient, mode="live", scope={"kinds": ["mood"]})
    bundle = await opened(service, link)
    values = [each["valueQuantity"]["value"] for each in resources(bundle, "Observation")]
    assert values == [2, 3, 4]
    assert "truncated" in trend_document(bundle)["caveats"]
