"""The manifest of a link with a passcode: who gets in, what is told, what is counted."""

from datetime import timedelta
from typing import Any

import pytest

from app.sharing.manifest import ShareManifestRequest
from tests.clocks import SetClock
from tests.service import Patient, Service, an_entry, problem_of
from tests.sharing.links import (
    NOBODY,
    a_draft,
    accesses,
    ask_for,
    manifest,
    opened,
    share,
    state,
    told,
)

pytestmark = pytest.mark.anyio


async def test_the_right_passcode_opens_the_journal(service: Service, patient: Patient) -> None:
    await patient.save(an_entry(score=7))
    link = await share(patient, subject_name="M.")
    answer = await ask_for(service, link, link.passcode)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert "retry-after" not in answer.headers
    body = answer.json()
    assert body.keys() == {"status", "files"}
    assert body["status"] == "finalized"
    (file,) = body["files"]
    assert file.keys() == {"contentType", "lastUpdated", "embedded"}
    assert file["contentType"] == "application/fhir+json"
    assert file["lastUpdated"] == "2026-06-01T12:00:00Z"
    bundle = link.decrypted(file["embedded"])
    assert bundle["entry"][0]["resource"]["name"] == [{"text": "M."}]
    seen = await state(patient, link)
    assert (seen["openings"], seen["tries_left"]) == (1, 10)
    assert seen["first_opened_at"] == seen["last_opened_at"] == "2026-06-01T12:00:00Z"


async def test_without_a_passcode_the_tries_left_are_told_and_none_is_spent(
    service: Service, patient: Patient
) -> None:
    link = await share(patient)
    for _ in range(12):
        answer = await ask_for(service, link)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["remainingAttempts"] == 10
        assert {"type", "title", "status", "code", "request_id"} <= answer.json().keys()
        assert "instance" not in answer.json()
    assert (await state(patient, link))["tries_left"] == 10


async def test_a_wrong_passcode_spends_a_try_and_success_refills_none(
    service: Service, patient: Patient
) -> None:
    link = await share(patient)
    for left in (9, 8, 7):
        answer = await ask_for(service, link, "WRONG234")
        assert (answer.status_code, answer.json()["remainingAttempts"]) == (401, left)
    await manifest(service, link)
    assert (await state(patient, link))["tries_left"] == 7
    answer = await ask_for(service, link)
    assert answer.json()["remainingAttempts"] == 7


async def test_ten_wrong_ones_lock_the_link_for_the_right_one_too(
    service: Service, patient: Patient
) -> None:
    link = await share(patient)
    left = [(await ask_for(service, link, "WRONG234")).json() for _ in range(10)]
    assert [each["remainingAttempts"] for each in left] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    for passcode in ("WRONG234", link.passcode, None):
        assert (await ask_for(service, link, passcode)).status_code == 404
    seen = await state(patient, link)
    assert (seen["status"], seen["tries_left"]) == ("locked", 0)
    assert "link" not in seen
    assert "passcode" not in seen


async def test_an_empty_passcode_is_a_wrong_one(service: Service, patient: Patient) -> None:
    link = await share(patient)
    answer = await ask_for(service, link, "")
    assert (answer.status_code, answer.json()["code"]) == (401, "passcode_wrong")
    assert answer.json()["remainingAttempts"] == 9


async def test_a_generated_passcode_is_read_kindly(service: Service, patient: Patient) -> None:
    link = await share(patient)
    code = link.passcode.lower()
    assert (await ask_for(service, link, f" {code[:4]}-{code[4:]} ")).status_code == 200


async def test_a_chosen_passcode_is_compared_exactly(service: Service, patient: Patient) -> None:
    link = await share(patient, passcode="Blue Heron")
    assert link.passcode == "Blue Heron"
    assert (await ask_for(service, link, "blue heron")).status_code == 401
    assert (await ask_for(service, link, "BlueHeron")).status_code == 401
    assert (await ask_for(service, link, "Blue Heron")).status_code == 200


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, ("missing", "/recipient")),
        ({"recipient": ""}, ("too_short", "/recipient")),
        ({"recipient": "x" * 121}, ("too_long", "/recipient")),
        ({"recipient": "a\nb"}, ("unknown_value", "/recipient")),
        ({"recipient": None}, ("wrong_type", "/recipient")),
        ({"recipient": "x", "passcode": 12345678}, ("wrong_type", "/passcode")),
        ({"recipient": "x", "passcode": "x" * 129}, ("too_long", "/passcode")),
        ({"recipient": "x", "embeddedLengthMax": -1}, ("out_of_range", "/embeddedLengthMax")),
        ({"recipient": "x", "embeddedLengthMax": 1.5}, ("wrong_type", "/embeddedLengthMax")),
    ],
)
async def test_a_wrong_body_tells_nothing_of_the_link(
    service: Service, patient: Patient, body: dict[str, Any], fault: tuple[str, str]
) -> None:
    link = await share(patient)
    answers = [await service.http.post(path, json=body) for path in (link.path, f"/shl/{NOBODY}")]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert [problem_of(answer) for answer in answers] == [{fault}, {fault}]
    assert told(answers[0]) == told(answers[1])
    assert await accesses(patient, link) == []


async def test_the_longest_that_a_reader_may_send_is_taken(
    service: Service, patient: Patient
) -> None:
    link = await share(patient)
    longest: dict[str, Any] = {"recipient": "x" * 120, "embeddedLengthMax": 2**53 - 1}
    assert (await ask_for(service, link, link.passcode, **longest)).status_code == 200
    assert (await ask_for(service, link, "x" * 128)).status_code == 401


def test_a_file_of_a_mebibyte_goes_into_the_answer_unless_the_reader_wants_less() -> None:
    length = 1024 * 1024
    usual: dict[str, Any] = {"recipient": "Dr Lee"}
    for asked in (usual, usual | {"embeddedLengthMax": length}):
        request = ShareManifestRequest.model_validate(asked)
        assert (request.embeds(length), request.embeds(length + 1)) == (True, False)


async def test_other_bodies_are_refused_before_the_link_is_looked_at(
    service: Service, patient: Patient
) -> None:
    link = await share(patient)
    for path in (link.path, f"/shl/{NOBODY}"):
        form = await service.http.post(path, data={"recipient": "x"})
        large = await service.http.post(path, json={"recipient": "x" * 2_000_000})
        broken = await service.http.post(
            path, content=b"{", headers={"Content-Type": "application/json"}
        )
        assert [each.status_code for each in (form, large, broken)] == [415, 413, 422]


async def test_unknown_members_are_ignored(service: Service, patient: Patient) -> None:
    link = await share(patient)
    assert (await ask_for(service, link, link.passcode, other=[{"a": 1}])).status_code == 200


async def test_many_successes_in_a_minute_are_too_many(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient)
    clock.now += timedelta(seconds=20)
    for _ in range(30):
        await manifest(service, link, embeddedLengthMax=0)
    answer = await ask_for(service, link, link.passcode)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "40")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-expose-headers"] == "Retry-After"
    assert (await state(patient, link))["tries_left"] == 10
    clock.now += timedelta(seconds=40)
    await manifest(service, link)
    assert (await state(patient, link))["openings"] == 31


async def test_readers_are_told_to_come_back_to_a_live_link(
    service: Service, patient: Patient
) -> None:
    link = await share(patient, mode="live")
    answer = await ask_for(service, link, link.passcode)
    assert (answer.json()["status"], answer.headers["retry-after"]) == ("can-change", "300")
    assert link.payload["flag"] == "LP"


async def test_the_limit_of_openings_ends_the_link(service: Service, patient: Patient) -> None:
    link = await share(patient, max_openings=2)
    await opened(service, link)
    assert (await state(patient, link))["status"] == "active"
    await opened(service, link)
    assert (await state(patient, link))["status"] == "used_up"
    assert (await ask_for(service, link, link.passcode)).status_code == 404


async def test_a_draft_with_everything_reads_back(service: Service, patient: Patient) -> None:
    draft = a_draft(
        kind="passcode",
        mode="live",
        scope={"kinds": ["mood"], "include_notes": True},
        label="For Monday",
        private_note="for Dr Lee",
        max_openings=4,
        expires_at="2026-07-01T12:00:00+02:00",
    )
    link = await share(patient, draft)
    seen = await state(patient, link)
    assert seen["scope"] == {
        "kinds": ["mood"],
        "from": "2026-05-01",
        "include_notes": True,
        "include_signals": False,
        "include_assessment_item_answers": False,
    }
    assert seen["expires_at"] == "2026-07-01T10:00:00Z"
    assert link.payload["exp"] == 1782900000
    assert (seen["label"], seen["private_note"], seen["max_openings"]) == (
        "For Monday",
        "for Dr Lee",
        4,
    )
