"""Where help is, as everybody may ask: by country, or by the profile of whoever is signed in."""

import asyncio
from typing import Any

import httpx
import pytest

from app.database import DatabaseOverloaded, DatabaseUnavailable
from app.safety.keeper import Signals
from app.vault import KeyRingRefused, NoKey
from app.web.problems import RateLimited
from tests.clocks import SetClock
from tests.portability.lives import erase
from tests.safety.test_closed_neighbours import close_profile
from tests.service import Patient, Service

pytestmark = pytest.mark.anyio
PATH = "/v1/crisis-resources"
FOR_A_DAY = "public, max-age=86400"


async def live_in(patient: Patient, locale: str) -> None:
    """Change the profile's locale."""
    tag = (await patient.ask("GET", "/v1/profile")).headers["ETag"]
    answer = await patient.ask("PATCH", "/v1/profile", {"If-Match": tag}, json={"locale": locale})
    assert answer.status_code == 200, answer.text


def told(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, country, and where the answer may be kept."""
    listed: dict[str, Any] = answer.json()
    assert listed["items"]
    return answer.status_code, listed["country"], answer.headers["Cache-Control"]


def varies(answer: httpx.Response) -> bool:
    """Whether it says that whoever is signed in may be answered otherwise."""
    return "Authorization" in answer.headers.get_list("Vary", split_commas=True)


async def test_strangers_are_told_what_holds_anywhere(service: Service) -> None:
    answer = await service.http.get(PATH)
    assert told(answer) == (200, "ZZ", FOR_A_DAY)
    assert varies(answer), "who is signed in would be shown what is kept for strangers"


@pytest.mark.parametrize(
    ("locale", "country"), [("en-US", "US"), ("de-AT", "AT"), ("es-419", "ZZ"), ("ja-JP", "ZZ")]
)
async def test_a_patient_is_told_what_holds_where_the_profile_says(
    patient: Patient, locale: str, country: str
) -> None:
    await live_in(patient, locale)
    assert told(await patient.ask("GET", PATH)) == (200, country, "no-store")


async def test_a_country_that_is_asked_for_comes_before_the_profile(patient: Patient) -> None:
    await live_in(patient, "en-US")
    for headers in (patient.headers, {}):
        answer = await patient.http.get(f"{PATH}?country=NZ", headers=headers)
        assert told(answer) == (200, "NZ", FOR_A_DAY)
        assert not varies(answer)


@pytest.mark.parametrize("sent", ["Bearer aga_nobody", "Bearer", "Basic dTpw", ""])
async def test_no_token_is_refused_where_help_is_asked_for(service: Service, sent: str) -> None:
    answer = await service.http.get(PATH, headers={"Authorization": sent})
    assert told(answer) == (200, "ZZ", "no-store")


async def test_a_token_that_is_over_is_that_of_a_stranger(
    patient: Patient, clock: SetClock
) -> None:
    await live_in(patient, "en-US")
    clock.advance(minutes=11)
    assert told(await patient.ask("GET", PATH)) == (200, "ZZ", "no-store")
    await patient.refresh()
    assert told(await patient.ask("GET", PATH)) == (200, "US", "no-store")


async def test_who_was_erased_is_a_stranger(patient: Patient) -> None:
    await live_in(patient, "en-US")
    assert (await erase(patient)).status_code == 204
    assert told(await patient.ask("GET", PATH)) == (200, "ZZ", "no-store")


async def test_a_profile_that_does_not_open_names_no_country(
    service: Service, patient: Patient
) -> None:
    await live_in(patient, "en-US")
    await close_profile(service, patient)
    assert told(await patient.ask("GET", PATH)) == (200, "ZZ", "no-store")


@pytest.mark.parametrize(
    "fault",
    [
        DatabaseOverloaded("too many reads wait"),
        DatabaseUnavailable("there is no database"),
        KeyRingRefused("the ring lacks a key"),
        NoKey("this account has no key"),
        RateLimited(7),
        ValueError("a profile that opens and is none"),
    ],
    ids=lambda fault: type(fault).__name__,
)
async def test_nothing_that_fails_stands_before_where_help_is(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    async def fails(_: object) -> None:
        raise fault

    monkeypatch.setattr(service.app.state.provided[Signals], "own_help", fails)
    assert told(await patient.ask("GET", PATH)) == (200, "ZZ", "no-store")


async def test_a_profile_that_does_not_come_is_not_waited_for(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(service.app.state.provided[Signals], "own_help", hangs)
    monkeypatch.setattr("app.safety.routes.PATIENCE_SECONDS", 0.05)
    assert told(await patient.ask("GET", PATH)) == (200, "ZZ", "no-store")
