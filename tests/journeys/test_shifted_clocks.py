"""The server's clock jumps, and patients travel: no fault, no revived token, no lost entry."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.clocks import SetClock
from tests.service import Patient, Service, an_entry

pytestmark = pytest.mark.anyio
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ACCESS, REFRESH = timedelta(minutes=10), timedelta(days=30)

EDGES = (
    ("2026-03-29T01:59:59+01:00", "Europe/Berlin"),
    ("2026-03-29T03:00:00+02:00", "Europe/Berlin"),
    ("2025-10-26T02:30:00+02:00", "Europe/Berlin"),
    ("2025-10-26T02:30:00+01:00", "Europe/Berlin"),
    ("2026-06-01T23:30:00+14:00", "Pacific/Kiritimati"),
    ("2026-05-31T23:30:00-12:00", "Etc/GMT+12"),
)
"""Changes of the clocks, the repeated hour twice, and the zones farthest to the east and west."""


async def refresh_with(service: Service, token: str) -> httpx.Response:
    return await service.http.post("/v1/tokens/refresh", json={"refresh_token": token})


async def journal(patient: Patient) -> dict[str, dict[str, Any]]:
    answer = await patient.ask("GET", "/v1/sync/changes", params={"limit": 200})
    assert answer.status_code == 200, answer.text
    return {each["id"]: each["entry"] for each in answer.json()["changes"]}


async def more_written(patient: Patient, known: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Another entry, and a change of the known one; the whole journal afterwards."""
    other = await patient.save(an_entry(occurred_at="2026-04-02T12:00:00+02:00"))
    answer = await patient.ask(
        "PATCH",
        f"/v1/entries/{known['id']}",
        headers={"If-Match": f'"{known["revision"]}"'},
        json={"score": 3},
    )
    assert answer.status_code == 200, answer.text
    return {each["id"]: each for each in (other["entry"], answer.json()["entry"])}


@pytest.mark.parametrize(
    "jump",
    [40 * DAY, -2 * HOUR, 14 * HOUR, -14 * HOUR],
    ids=["+40d", "-2h", "+14h", "-14h"],
)
async def test_a_jump_and_the_way_back_lose_no_entry_and_revive_no_token(
    service: Service, clock: SetClock, jump: timedelta
) -> None:
    patient = await service.sign_up()
    draft = an_entry(occurred_at="2026-04-01T12:00:00+02:00")
    known = (await patient.save(draft))["entry"]
    first = dict(patient.tokens)

    clock.now += jump
    answer = await patient.ask("GET", "/v1/profile")
    assert answer.status_code == 401
    answer = await refresh_with(service, first["refresh_token"])
    assert answer.status_code == (401 if jump >= REFRESH else 200)
    if answer.status_code == 200:
        patient.tokens |= answer.json()
    else:
        patient.tokens |= (await patient.sign_in_again()).tokens
    written = await more_written(patient, known)

    clock.now -= jump
    clock.now += ACCESS / 2
    if jump > ACCESS:  # it was over once, though by this clock it would still be good
        old = Patient(service.http, patient.email, first)
        assert (await old.ask("GET", "/v1/profile")).status_code == 401
    if jump >= REFRESH:
        assert (await refresh_with(service, first["refresh_token"])).status_code == 401
    answer = await refresh_with(service, patient.tokens["refresh_token"])
    assert answer.status_code == 200, answer.text
    patient.tokens |= answer.json()
    assert await journal(patient) == written


async def test_what_was_written_at_the_edge_of_a_day_comes_back_as_written(
    service: Service, patient: Patient
) -> None:
    saved = {}
    for occurred_at, zone in EDGES:
        entry = (await patient.save(an_entry(occurred_at=occurred_at, time_zone=zone)))["entry"]
        assert (entry["occurred_at"], entry["local_date"]) == (occurred_at, occurred_at[:10])
        saved[entry["id"]] = entry
    assert await journal(patient) == saved
    for day in {occurred_at[:10] for occurred_at, _ in EDGES}:
        answer = await patient.ask("GET", "/v1/entries", params={"from": day, "to": day})
        assert answer.status_code == 200, answer.text
        listed = {each["id"] for each in answer.json()["items"]}
        assert listed == {id_ for id_ in saved if saved[id_]["local_date"] == day}


async def test_a_day_and_night_in_the_eastmost_zone_and_the_westmost_lose_nothing(
    service: Service, patient: Patient
) -> None:
    travels = {
        "Pacific/Kiritimati": "2026-06-01T23:30:00+14:00",
        "Etc/GMT+12": "2026-05-31T21:30:00-12:00",
        "Europe/Berlin": "2026-06-01T11:30:00+02:00",
    }
    saved = {}
    for zone, instant in travels.items():
        await patient.set_time_zone(zone)
        entry = (await patient.save(an_entry(occurred_at=instant, time_zone=zone)))["entry"]
        saved[entry["id"]] = entry
        assert await journal(patient) == saved
    assert {each["local_date"] for each in saved.values()} == {"2026-05-31", "2026-06-01"}
