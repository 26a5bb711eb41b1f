"""The limits before sign-in: strangers run out of tries, and patients' own devices do not."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app.accounts import store_devices
from app.accounts.derivation import DeviceTokens, new_secret
from app.accounts.hashing import Hasher
from app.accounts.refusals import BusyHashing
from app.accounts.store_devices import Device
from tests.authenticator import Authenticator, add_passkey
from tests.clocks import SetClock
from tests.service import PASSWORD, Json, Patient, Service
from tests.throttling.visitors import (
    DEVICE,
    at,
    is_throttled,
    limited,
    new_address,
    sign_in,
    sign_in_body,
)

pytestmark = pytest.mark.anyio
WRONG = "another lake under six birches"
SHOW = "/v1/passkeys/sign-in/completion"
ID_TOKEN: Json = {
    "method": "id_token",
    "id_token": "a.b.c",
    "nonce": "of the app",
    "device": DEVICE,
}


@pytest.fixture
async def service(
    database_url: str, tmp_path: Path, clock: SetClock, anyio_backend: str
) -> AsyncIterator[Service]:
    """With the default limits, but for the whole service's, which tests share with each other."""
    async with limited(database_url, tmp_path, clock, "sign_in.service=100000/1m") as started:
        yield started


async def exhausted_by_a_stranger(service: Service, email: str) -> list[int]:
    async with at(service, new_address()) as stranger:
        return [await sign_in(stranger, email, WRONG) for _ in range(11)]


async def test_ten_wrong_passwords_close_the_door_for_unknown_devices(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    assert await exhausted_by_a_stranger(service, patient.email) == [401] * 10 + [429]
    async with at(service, new_address()) as elsewhere:
        answer = await elsewhere.post("/v1/tokens", json=sign_in_body(patient.email, PASSWORD))
        assert is_throttled(answer)
        clock.advance(seconds=int(answer.headers["Retry-After"]))
        assert await sign_in(elsewhere, patient.email, PASSWORD) == 200


async def test_an_address_without_an_account_runs_out_the_same_way(service: Service) -> None:
    nobody = f"{uuid4().hex}@patients.example"
    assert await exhausted_by_a_stranger(service, nobody) == [401] * 10 + [429]


async def test_over_two_hours_twenty_tries_are_all(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    answers = []
    async with at(service, new_address()) as stranger:
        for _ in range(30):
            answers.append(await sign_in(stranger, patient.email, WRONG))
            clock.advance(seconds=90)
    assert answers.count(401) in range(20, 29)
    assert answers[-1] == 429


async def test_a_right_password_gives_the_tries_back(service: Service, patient: Patient) -> None:
    async with at(service, new_address()) as http:
        for _ in range(3):
            for _ in range(9):
                assert await sign_in(http, patient.email, WRONG) == 401
            assert await sign_in(http, patient.email, PASSWORD, replace_oldest=True) == 200


async def test_no_stranger_keeps_out_a_device_that_the_account_knows(
    service: Service, patient: Patient
) -> None:
    known = patient.tokens["refresh_token"]
    await exhausted_by_a_stranger(service, patient.email)
    await patient.refresh()
    assert (await patient.ask("GET", "/v1/profile")).status_code == 200
    async with at(service, new_address()) as phone:
        assert await sign_in(phone, patient.email, PASSWORD, known_device=known) == 200
        assert await sign_in(phone, patient.email, PASSWORD) == 429


async def test_a_signed_out_device_is_still_known_and_has_tries_of_its_own(
    service: Service, patient: Patient
) -> None:
    known, tablet = patient.tokens["refresh_token"], await patient.sign_in_again()
    device = patient.tokens["device"]["id"]
    assert (await patient.ask("DELETE", f"/v1/devices/{device}")).status_code == 204
    async with at(service, new_address()) as phone:
        tries = [await sign_in(phone, patient.email, WRONG, known_device=known) for _ in range(11)]
        assert tries == [401] * 10 + [429]
        other = tablet.tokens["refresh_token"]
        assert await sign_in(phone, patient.email, PASSWORD, known_device=other) == 200
    await exhausted_by_a_stranger(service, patient.email)


async def test_a_token_of_another_account_or_a_forged_one_makes_nobody_known(
    service: Service, patient: Patient
) -> None:
    other = await service.sign_up()
    forger = DeviceTokens(UUID(patient.tokens["device"]["id"]), new_secret())
    await exhausted_by_a_stranger(service, patient.email)
    for known in (
        forger.refresh_token(0),
        other.tokens["refresh_token"],
        patient.tokens["access_token"],
        "agr_",
        "x",
    ):
        async with at(service, new_address()) as stranger:
            assert await sign_in(stranger, patient.email, PASSWORD, known_device=known) == 429


async def test_a_well_formed_token_costs_the_same_whether_there_is_an_account(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await service.sign_up()
    known = other.tokens["refresh_token"]
    load = store_devices.load_device
    reads: list[None] = []

    async def counted(*args: Any, **more: Any) -> Device | None:
        reads.append(None)
        return await load(*args, **more)

    monkeypatch.setattr(store_devices, "load_device", counted)
    counts = []
    for email in (patient.email, f"{uuid4().hex}@patients.example"):
        reads.clear()
        async with at(service, new_address()) as stranger:
            assert await sign_in(stranger, email, WRONG, known_device=known) == 401
        counts.append(len(reads))
    assert counts == [1, 1]


async def test_a_try_that_nobody_judges_is_not_counted(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at(service, new_address()) as phone:
        with monkeypatch.context() as crowded:
            crowded.setattr(Hasher, "refuse_if_full", _refuse)
            assert [await sign_in(phone, patient.email, WRONG) for _ in range(11)] == [429] * 11
        assert await sign_in(phone, patient.email, PASSWORD) == 200


def _refuse(_: Hasher) -> None:
    raise BusyHashing


async def shown(http: httpx.AsyncClient, authenticator: Authenticator) -> Json:
    """Signing in by passkey."""
    started = (await http.post("/v1/passkeys/sign-in")).json()
    return {
        "challenge_id": started["challenge_id"],
        "credential": authenticator.get(started["options"]),
        "device": DEVICE,
    }


async def test_passkeys_and_recovery_do_not_stand_behind_that_door(
    service: Service, patient: Patient
) -> None:
    authenticator = await add_passkey(patient)
    await exhausted_by_a_stranger(service, patient.email)
    async with at(service, new_address()) as http:
        done = await http.post(SHOW, json=await shown(http, authenticator))
        assert done.status_code == 200, done.text
        asked = await http.post("/v1/accounts/recovery", json={"email": patient.email})
        assert asked.status_code == 202


async def test_an_address_of_the_network_has_its_tries_over_all_accounts(
    database_url: str, tmp_path: Path, clock: SetClock
) -> None:
    few = "sign_in.address=4/15m,sign_in.service=100000/1m"
    async with limited(database_url, tmp_path, clock, few) as service:
        async with at(service, new_address()) as stranger:
            answers = [
                await sign_in(stranger, f"{uuid4().hex}@patients.example", WRONG) for _ in range(5)
            ]
        assert answers == [401] * 4 + [429]
        async with at(service, new_address()) as other:
            assert await sign_in(other, f"{uuid4().hex}@patients.example", WRONG) == 401


async def test_the_whole_service_has_a_breaker(
    database_url: str, tmp_path: Path, clock: SetClock
) -> None:
    clock.advance(days=400)
    async with limited(database_url, tmp_path, clock, "sign_in.service=3/1m") as service:
        patient = await service.sign_up()
        answers = []
        for _ in range(4):
            async with at(service, new_address()) as stranger:
                answers.append(await sign_in(stranger, f"{uuid4().hex}@patients.example", WRONG))
        assert answers == [401, 401, 401, 429]
        known = patient.tokens["refresh_token"]
        async with at(service, new_address()) as phone:
            assert await sign_in(phone, patient.email, PASSWORD, known_device=known) == 200


async def test_whoever_has_no_tries_left_at_a_place_takes_none_from_an_account(
    database_url: str, tmp_path: Path, clock: SetClock
) -> None:
    few = "sign_in.address=3/15m,sign_in.service=100000/1m"
    async with limited(database_url, tmp_path, clock, few) as service:
        patient = await service.sign_up()
        assert await exhausted_by_a_stranger(service, patient.email) == [401] * 3 + [429] * 8
        async with at(service, new_address()) as elsewhere:
            assert await sign_in(elsewhere, patient.email, PASSWORD) == 200


async def test_other_ways_in_count_for_a_place_of_the_network_too(
    database_url: str, tmp_path: Path, clock: SetClock
) -> None:
    few = "sign_in.address=2/15m,sign_in.service=100000/1m"
    async with limited(database_url, tmp_path, clock, few) as service:
        unknown = await shown(service.http, Authenticator())
        for path, body in (("/v1/tokens", ID_TOKEN), (SHOW, unknown)):
            async with at(service, new_address()) as stranger:
                answers = [await stranger.post(path, json=body) for _ in range(3)]
            assert [each.status_code for each in answers] == [401, 401, 429]
            assert is_throttled(answers[-1])


async def test_the_breaker_stands_before_tokens_of_others_and_not_before_passkeys(
    database_url: str, tmp_path: Path, clock: SetClock
) -> None:
    clock.advance(days=800)
    async with limited(database_url, tmp_path, clock, "sign_in.service=3/1m") as service:
        authenticator = await add_passkey(await service.sign_up())
        answers = []
        for _ in range(4):
            async with at(service, new_address()) as stranger:
                answers.append((await stranger.post("/v1/tokens", json=ID_TOKEN)).status_code)
        assert answers == [401, 401, 401, 429]
        known = await shown(service.http, authenticator)
        done = await service.http.post(SHOW, json=known)
        assert done.status_code == 200, done.text
