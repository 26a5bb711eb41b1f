"""The vectors that need a whole journal, written and asked over HTTP on both engines."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.service import Service
from tests.sync.wire import Wire, upsert

pytestmark = pytest.mark.anyio
VECTORS = Path(__file__).parents[1] / "vectors"
JOURNEY = json.loads((VECTORS / "statistics" / "journey.json").read_text())
SIGNALS = json.loads((VECTORS / "safety_signals.json").read_text())
NOT_COMPARED = {"plain", "version", "parameters"}
# Vectors are JSON; what stands where is for the comparison to find out.
Json = Any


def differences(expected: Json, found: Json, tolerance: float, place: str = "") -> list[str]:
    """Where an answer is not what a vector says."""
    if isinstance(expected, dict) and isinstance(found, dict):
        names = (set(expected) | set(found)) - NOT_COMPARED
        missing = [f"{place}/{name}" for name in names if (name in expected) != (name in found)]
        return missing + [
            each
            for name in names & set(expected) & set(found)
            for each in differences(expected[name], found[name], tolerance, f"{place}/{name}")
        ]
    if place.endswith("/caveats"):
        return [] if sorted(expected) == sorted(found) else [place]
    if isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            return [f"{place}: {len(expected)} != {len(found)}"]
        pairs = enumerate(zip(expected, found, strict=True))
        return [
            each
            for number, (one, other) in pairs
            for each in differences(one, other, tolerance, f"{place}/{number}")
        ]
    if isinstance(expected, float) or isinstance(found, float):
        close = isinstance(found, int | float) and abs(expected - found) <= tolerance
        return [] if close else [f"{place}: {expected} != {found}"]
    return [] if expected == found else [f"{place}: {expected} != {found}"]


async def test_the_journey_is_answered_to_the_sixth_decimal(service: Service) -> None:
    first = datetime.fromisoformat(JOURNEY["entries"][0]["written_at"])
    service.clock.now = first
    patient = await service.sign_up()
    for written in JOURNEY["entries"]:
        service.clock.now = datetime.fromisoformat(written["written_at"])
        if (await patient.ask("GET", "/v1/profile")).status_code == 401:
            await patient.refresh()
        await patient.save(written["entry"])
    service.clock.now = datetime.fromisoformat(JOURNEY["now"])
    await patient.refresh()
    await patient.set_time_zone(JOURNEY["time_zone"])
    wrong = []
    for asked in JOURNEY["answers"]:
        answer = await patient.ask("GET", asked["path"], params=asked["query"])
        assert answer.status_code == 200, answer.text
        found = differences(asked["expected"], answer.json(), JOURNEY["tolerance"])
        wrong += [(asked["operation"], asked["query"], each) for each in found]
        tag = {"If-None-Match": answer.headers["ETag"]}
        again = await patient.ask("GET", asked["path"], params=asked["query"], headers=tag)
        assert again.status_code == 304
    assert not wrong


async def test_every_safety_vector_holds_over_http(service: Service) -> None:
    service.clock.now = datetime.fromisoformat(SIGNALS["clock"])
    wrong = []
    for case in SIGNALS["cases"]:
        patient = await service.sign_up()
        for given in case["given"]:
            await patient.save(given)
        saved = await patient.save(case["body"], case["expected"]["status"])
        expected = {_key(each) for each in case["expected"]["signals"]}
        if {_key(each) for each in saved["signals"]} != expected or saved["monitored"]:
            wrong.append(case["id"])
        facts = {_key(each): each["facts"] for each in saved["signals"]}
        for each in case["expected"]["signals"]:
            if "facts" in each and facts.get(_key(each)) != each["facts"]:
                wrong.append(f"{case['id']} facts")
        listed = (await patient.ask("GET", "/v1/signals")).json()["items"]
        if not {_key(each) for each in listed} >= expected:
            wrong.append(f"{case['id']} list")
    assert not wrong


async def test_every_safety_vector_holds_for_a_phone_that_pushes_all_at_once(
    service: Service,
) -> None:
    service.clock.now = datetime.fromisoformat(SIGNALS["clock"])
    wrong = []
    for case in SIGNALS["cases"]:
        patient = await service.sign_up()
        drafts = [*case["given"], case["body"]]
        results = await Wire(patient).push(*map(upsert, drafts))
        if {each["status"] for each in results} != {"applied"}:
            wrong.append(f"{case['id']} {results}")
        listed = (await patient.ask("GET", "/v1/signals")).json()["items"]
        found = {
            _key(each): each["facts"]
            for each in listed
            if each["entry_id"] == case["body"]["id"] and each["status"] == "open"
        }
        expected = {_key(each): each.get("facts") for each in case["expected"]["signals"]}
        if found.keys() != expected.keys():
            wrong.append(f"{case['id']}: {sorted(found)} for {sorted(expected)}")
        wrong += [
            f"{case['id']} facts"
            for key, facts in expected.items()
            if facts is not None and found.get(key) != facts
        ]
    assert not wrong


def _key(signal: Json) -> tuple[str, str]:
    return signal["code"], signal["level"]


async def test_a_signal_is_answered_and_superseded_by_an_edit(service: Service) -> None:
    patient = await service.sign_up()
    case = next(case for case in SIGNALS["cases"] if case["id"] == "s01")
    saved = await patient.save(case["body"])
    (signal,) = saved["signals"]
    assert saved["crisis_resources"]
    path = f"/v1/signals/{signal['id']}"
    answered = await patient.ask("PATCH", path, json={"status": "acknowledged"})
    assert (answered.json()["status"], answered.status_code) == ("acknowledged", 200)
    again = await patient.save(case["body"], 200)
    assert [each["id"] for each in again["signals"]] == [signal["id"]]
    answers = [
        each | ({"value": 0} if each["item"] == 9 else {}) for each in case["body"]["answers"]
    ]
    edited = await patient.ask(
        "PATCH",
        f"/v1/entries/{case['body']['id']}",
        headers={"If-Match": f'"{saved["entry"]["revision"]}"'},
        json={"answers": answers},
    )
    assert edited.json()["signals"] == []
    (listed,) = (await patient.ask("GET", "/v1/signals")).json()["items"]
    assert listed["status"] == "superseded"
    stranger = await service.sign_up()
    assert (await stranger.ask("PATCH", path, json={"status": "dismissed"})).status_code == 404


async def test_a_deleted_entry_takes_its_signals_along(service: Service) -> None:
    patient = await service.sign_up()
    case = next(case for case in SIGNALS["cases"] if case["id"] == "s01")
    saved = await patient.save(case["body"])
    match = {"If-Match": f'"{saved["entry"]["revision"]}"'}
    path = f"/v1/entries/{case['body']['id']}"
    assert (await patient.ask("DELETE", path, headers=match)).status_code == 204
    assert (await patient.ask("GET", "/v1/signals")).json()["items"] == []
