"""A dead link looks like no link, whatever it died of, and nothing of it can be read."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from app.database import Database
from app.sharing.erasure import forget_account
from app.sharing.store_openings import count_opening, reserve_try
from tests.clocks import SetClock
from tests.service import Patient, Service
from tests.sharing.links import (
    NOBODY,
    Link,
    account_of,
    ask_for,
    chain,
    manifest,
    outcomes,
    read_direct,
    revoke,
    room,
    share,
    state,
)

pytestmark = pytest.mark.anyio

Death = Callable[[Service, Patient, SetClock, Link], Awaitable[None]]


async def revoked(_: Service, patient: Patient, __: SetClock, link: Link) -> None:
    await revoke(patient, link)


async def all_revoked(_: Service, patient: Patient, __: SetClock, link: Link) -> None:
    assert (await patient.ask("DELETE", "/v1/shares")).status_code == 204


async def expired(_: Service, patient: Patient, clock: SetClock, link: Link) -> None:
    clock.now = clock.now.fromisoformat(link.share["expires_at"])
    await patient.refresh()


async def locked(service: Service, _: Patient, __: SetClock, link: Link) -> None:
    for _number in range(10):
        await ask_for(service, link, "WRONG234")


async def used_up(service: Service, _: Patient, __: SetClock, link: Link) -> None:
    for _number in range(3):
        await manifest(service, link)


DEATHS = {
    "revoked": revoked,
    "all_revoked": all_revoked,
    "expired": expired,
    "locked": locked,
    "used_up": used_up,
}


def without_id(answer: httpx.Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Everything that a reader can compare, the request's id taken out."""
    request_id = answer.headers["x-request-id"]
    body = answer.content.replace(request_id.encode(), b"ID")
    headers = [(name, value) for name, value in answer.headers.items() if value != request_id]
    return answer.status_code, body, headers


@pytest.mark.parametrize("name", DEATHS)
async def test_a_dead_link_looks_like_no_link(
    service: Service, patient: Patient, clock: SetClock, name: str
) -> None:
    link = await share(patient, max_openings=3)
    death: Death = DEATHS[name]
    await death(service, patient, clock, link)
    for swept in (False, True):
        if swept:
            clock.now += timedelta(minutes=30)
            await patient.refresh()
            await room(service).sweep.once()
        for passcode in (None, link.passcode, "WRONG234"):
            dead = await ask_for(service, link, passcode)
            nothing = await ask_for(service, f"/shl/{NOBODY}", passcode)
            assert dead.status_code == 404
            assert dead.json()["code"] == "share_not_found"
            assert without_id(dead) == without_id(nothing)
        dead = await read_direct(service, link)
        assert without_id(dead) == without_id(await read_direct(service, f"/shl/{NOBODY}"))
    seen = await state(patient, link)
    assert seen["status"] == name.removeprefix("all_")
    assert not seen.keys() & {"link", "passcode"}


@pytest.mark.parametrize("name", DEATHS)
async def test_nothing_is_taken_from_a_link_that_died_since_it_was_found(
    service: Service, patient: Patient, clock: SetClock, name: str
) -> None:
    link, account = await share(patient, max_openings=3), await account_of(service, patient)
    await DEATHS[name](service, patient, clock, link)
    before = await state(patient, link)
    for take in (reserve_try, count_opening):
        taken = await room(service).equipment.database.write(
            account,
            lambda work: take(work, account, link.share_id, clock.now),  # noqa: B023 - at once
        )
        assert taken is None
    seen = await state(patient, link)
    assert (seen["tries_left"], seen["openings"]) == (before["tries_left"], before["openings"])


@pytest.mark.parametrize("name", ["revoked", "expired", "used_up"])
async def test_a_dead_direct_link_looks_like_no_link(
    service: Service, patient: Patient, clock: SetClock, name: str
) -> None:
    link = await share(patient, kind="direct", max_openings=1)
    if name == "used_up":
        assert (await read_direct(service, link)).status_code == 200
    else:
        await DEATHS[name](service, patient, clock, link)
    nothing = without_id(await read_direct(service, f"/shl/{NOBODY}"))
    assert nothing[0] == 404
    assert without_id(await read_direct(service, link)) == nothing
    assert without_id(await service.http.get(link.path)) == nothing
    assert (await state(patient, link))["status"] == name
    assert ("direct", "refused") in await outcomes(patient, link)


async def test_whoever_comes_too_late_is_told_to_the_patient(
    service: Service, patient: Patient
) -> None:
    link = await share(patient)
    await revoke(patient, link)
    await ask_for(service, link, link.passcode)
    await service.http.get(link.path)
    assert await outcomes(patient, link) == [("manifest", "refused"), ("manifest", "refused")]
    direct = await share(patient, kind="direct")
    await revoke(patient, direct)
    await ask_for(service, direct)
    assert await outcomes(patient, direct) == [("direct", "refused")]


async def test_a_link_lives_to_its_last_moment(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient, expires_at="2026-06-01T12:05:00Z")
    clock.now += timedelta(minutes=5) - timedelta(microseconds=1)
    assert (await ask_for(service, link, link.passcode)).status_code == 200
    clock.now += timedelta(microseconds=1)
    assert (await ask_for(service, link, link.passcode)).status_code == 404
    assert (await state(patient, link))["status"] == "expired"


async def test_revoking_twice_is_harmless(
    service: Service, patient: Patient, database: Database
) -> None:
    link = await share(patient)
    await revoke(patient, link)
    await revoke(patient, link)
    assert (await patient.ask("DELETE", "/v1/shares")).status_code == 204
    told = await chain(database, await account_of(service, patient), link.id)
    assert [action for action, _, _ in told] == ["share.created", "share.revoked"]


async def test_a_ticket_dies_with_its_link(service: Service, patient: Patient) -> None:
    link = await share(patient)
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    assert (await service.http.get(file["location"])).status_code == 200
    await revoke(patient, link)
    assert (await service.http.get(file["location"])).status_code == 404


async def test_a_ticket_dies_when_its_link_is_locked(service: Service, patient: Patient) -> None:
    link = await share(patient)
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    for _ in range(10):
        await ask_for(service, link, "WRONG234")
    dead = await service.http.get(file["location"])
    unknown = await service.http.get(f"/shl/files/{NOBODY}")
    assert without_id(dead) == without_id(unknown)
    assert dead.status_code == 404


async def test_nothing_is_left_of_an_erased_account(
    service: Service, patient: Patient, database: Database
) -> None:
    link = await share(patient, kind="direct")
    assert (await read_direct(service, link)).status_code == 200
    account_id = await account_of(service, patient)
    await database.write(account_id, lambda work: forget_account(work, account_id))
    nothing = without_id(await read_direct(service, f"/shl/{NOBODY}"))
    assert without_id(await read_direct(service, link)) == nothing
    assert (await patient.ask("GET", "/v1/shares")).json() == {"items": []}
    assert (await patient.ask("GET", f"/v1/shares/{link.id}/accesses")).status_code == 404


async def test_a_link_that_dies_before_a_try_is_taken_is_told_as_one_that_was_dead(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def died(*_: object) -> None:
        return None

    link = await share(patient)
    monkeypatch.setattr("app.sharing.readers.reserve_try", died)
    dead = await ask_for(service, link, link.passcode)
    assert without_id(dead) == without_id(await ask_for(service, f"/shl/{NOBODY}", link.passcode))
    assert await outcomes(patient, link) == [("manifest", "refused")]
