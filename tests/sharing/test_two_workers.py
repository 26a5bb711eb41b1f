"""Files of a live link that two workers make: none takes the place of a newer one, or is missed."""

from collections.abc import Awaitable, Callable

import pytest

from app.audit import Actor
from app.sharing.files import Files
from app.sharing.material import Material
from app.sharing.sealed import OpenedShare
from app.sharing.store_files import FileMark, drop_reading, newest_file
from tests.service import Patient, Service, an_entry
from tests.sharing.links import (
    Json,
    Link,
    account_of,
    ask_for,
    manifest,
    opened,
    room,
    share,
    state,
)
from tests.sharing.r4 import resources

pytestmark = pytest.mark.anyio


def another(service: Service) -> Files:
    """The files of another worker of the same house."""
    one = room(service).equipment.files
    return Files(one._database, one._vault, one._clock, one._sources)


async def opened_of(service: Service, patient: Patient, link: Link) -> OpenedShare:
    """The share as a worker knows it."""
    account_id = await account_of(service, patient)
    actor = Actor("device", "a test", "a request")
    return await room(service).shares.read(account_id, link.share_id, actor)


async def newest(service: Service, share: OpenedShare) -> FileMark | None:
    """The newest file of a share."""
    account_id, database = share.row.account_id, room(service).equipment.database
    return await database.read(account_id, lambda work: newest_file(work, account_id, share.row.id))


async def renewed(files: Files, share: OpenedShare) -> FileMark:
    """What a worker gives its reader."""
    assert share.secrets is not None
    file = await files.renew(share, share.secrets)
    assert file is not None
    return file


async def lose(service: Service, share: OpenedShare) -> None:
    """All files of a share go, as they do when newer ones are kept and dropped."""
    account_id = share.row.account_id
    await room(service).equipment.database.write(
        account_id, lambda work: drop_reading(work, account_id, share.row.id)
    )


def while_made(
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    happens: Callable[[], Awaitable[object]],
) -> None:
    """Once, when this service has read what its next file is made of, that happens."""
    files = room(service).equipment.files
    made, left = files.made, [happens]

    async def slow(material: Material, key: str) -> bytes:
        if left:
            await left.pop()()
        return await made(material, key)

    monkeypatch.setattr(files, "made", slow)


def moods(bundle: Json) -> list[float]:
    """The scores that a reader sees, ascending."""
    return sorted(each["valueQuantity"]["value"] for each in resources(bundle, "Observation"))


async def test_a_file_of_older_material_never_replaces_a_newer_one(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = (await patient.save(an_entry(score=3)))["entry"]
    link = await share(patient, mode="live", scope={"kinds": ["mood"]})
    known = await opened_of(service, patient, link)
    kept: list[FileMark] = []

    async def overtake() -> None:
        await patient.ask(
            "DELETE", f"/v1/entries/{entry['id']}", headers={"If-Match": f'"{entry["revision"]}"'}
        )
        kept.append(await renewed(another(service), known))

    while_made(service, monkeypatch, overtake)
    late = await manifest(service, link)
    assert moods(link.decrypted(late["files"][0]["embedded"])) == []
    assert await newest(service, known) == kept[0]
    assert (await manifest(service, link))["files"] == late["files"]


async def test_a_file_that_was_overtaken_is_for_its_own_reader_alone(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await patient.save(an_entry(score=3))
    link = await share(patient, mode="live", scope={"kinds": ["mood"]})
    known = await opened_of(service, patient, link)
    kept: list[FileMark] = []

    async def overtake() -> None:
        await patient.save(an_entry(score=4))
        kept.append(await renewed(another(service), known))
        await patient.save(an_entry(score=5))

    while_made(service, monkeypatch, overtake)
    assert moods(await opened(service, link)) == [3]
    assert await newest(service, known) == kept[0]
    assert moods(await opened(service, link)) == [3, 4, 5]
    assert await newest(service, known) != kept[0]


async def test_a_file_is_kept_though_the_journal_moved_on_while_it_was_made(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await share(patient, mode="live", scope={"kinds": ["mood"]})
    await opened(service, link)
    await patient.save(an_entry(score=3))

    async def move_on() -> None:
        await patient.save(an_entry(score=4))

    while_made(service, monkeypatch, move_on)
    assert moods(await opened(service, link)) == [3]
    assert moods(await opened(service, link)) == [3, 4]
    assert (await state(patient, link))["openings"] == 3


@pytest.mark.parametrize("most", [None, 0])
async def test_a_file_that_went_before_it_was_handed_out_is_made_again(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch, most: int | None
) -> None:
    link = await share(patient, mode="live")
    known = await opened_of(service, patient, link)
    files = room(service).equipment.files
    renew = files.renew
    times: list[FileMark | None] = []

    async def unlucky(*given: object) -> FileMark | None:
        file = await renew(*given)  # type: ignore[arg-type]  # handed through
        times.append(file)
        if len(times) == 1:
            await lose(service, known)
        return file

    monkeypatch.setattr(files, "renew", unlucky)
    wanted = {} if most is None else {"embeddedLengthMax": most}
    (file,) = (await manifest(service, link, **wanted))["files"]
    text = file.get("embedded") or (await service.http.get(file["location"])).text
    assert link.decrypted(text)["resourceType"] == "Bundle"
    assert len(times) == 2
    assert (await state(patient, link))["openings"] == 1


async def test_a_file_that_always_goes_is_told_and_counts_nothing(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await share(patient, mode="live")
    known = await opened_of(service, patient, link)
    files = room(service).equipment.files
    renew = files.renew
    times: list[FileMark | None] = []

    async def hopeless(*given: object) -> FileMark | None:
        file = await renew(*given)  # type: ignore[arg-type]  # handed through
        times.append(file)
        await lose(service, known)
        return file

    monkeypatch.setattr(files, "renew", hopeless)
    answer = await ask_for(service, link, link.passcode)
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    assert len(times) == 3
    seen = await state(patient, link)
    assert (seen["openings"], seen["tries_left"], seen["status"]) == (0, 10, "active")


async def test_a_snapshot_is_never_made_again(service: Service, patient: Patient) -> None:
    await patient.save(an_entry(score=3))
    link = await share(patient)
    known = await opened_of(service, patient, link)
    await lose(service, known)
    assert (await ask_for(service, link, link.passcode)).status_code == 404
    assert await newest(service, known) is None


async def test_a_file_of_all_there_is_takes_the_place_of_one_that_was_kept_meanwhile(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other worker was faster, and knew less: the entry came between the two looks."""
    link = await share(patient, mode="live", scope={"kinds": ["mood"]})
    known = await opened_of(service, patient, link)
    files = room(service).equipment.files
    gathered, left = files._gathered, ["once"]

    async def late(share: OpenedShare) -> Material:
        if left:
            left.clear()
            await renewed(another(service), known)
            await patient.save(an_entry(score=5))
        return await gathered(share)

    monkeypatch.setattr(files, "_gathered", late)
    first = (await manifest(service, link))["files"]
    assert moods(link.decrypted(first[0]["embedded"])) == [5]
    assert (await manifest(service, link))["files"] == first
