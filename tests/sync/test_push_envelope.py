"""What is judged of a push as a whole: the device, the number of items, the body."""

import json
from typing import Any

import pytest

from tests.service import Service, an_entry, problem_of
from tests.sync.wire import CHANGES, Wire, removal, upsert

pytestmark = pytest.mark.anyio
SECRET = "zaubernuss"
ITEM = removal("0197c0de-0001-7000-8000-000000000001")
NOTHING: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"changes": [ITEM]}, ("missing", "/device_id")),
        ({"device_id": "", "changes": [ITEM]}, ("unknown_value", "/device_id")),
        ({"device_id": SECRET * 7, "changes": [ITEM]}, ("too_long", "/device_id")),
        ({"device_id": f"{SECRET} x", "changes": [ITEM]}, ("unknown_value", "/device_id")),
        ({"device_id": f"{SECRET}\n", "changes": [ITEM]}, ("unknown_value", "/device_id")),
        ({"device_id": f"{SECRET}ß", "changes": [ITEM]}, ("unknown_value", "/device_id")),
        ({"device_id": 7, "changes": [ITEM]}, ("wrong_type", "/device_id")),
        ({"device_id": "a"}, ("missing", "/changes")),
        ({"device_id": "a", "changes": []}, ("too_few", "/changes")),
        ({"device_id": "a", "changes": ITEM}, ("wrong_type", "/changes")),
        ({"device_id": "a", "changes": [ITEM], "cursor": 3}, ("unknown_member", "/cursor")),
    ],
)
async def test_a_wrong_envelope_is_refused_and_writes_nothing(
    phone: Wire, body: dict[str, Any], fault: tuple[str, str]
) -> None:
    answer = await phone.ask_push(body)
    assert (answer.status_code, problem_of(answer)) == (422, {fault})
    assert SECRET not in answer.text
    assert (await phone.pull())["changes"] == []


@pytest.mark.parametrize("body", [b"", b"[", b'{"a":1,"a":2}', b"null", b"7", b"[]"])
async def test_a_body_that_is_no_push_is_refused(phone: Wire, body: bytes) -> None:
    json_type = {"Content-Type": "application/json"}
    answer = await phone.patient.ask("POST", CHANGES, content=body, headers=json_type)
    assert answer.status_code == 422
    assert answer.json()["code"] in ("malformed_json", "invalid_request")


async def test_an_item_never_causes_a_422(phone: Wire) -> None:
    items: list[Any] = [None, {"id": [], "op": {}}, upsert(an_entry(score=[[[]]])), {"": {"": ""}}]
    results = await phone.push(*items)
    assert [each["status"] for each in results] == ["rejected"] * 4


async def test_two_hundred_items_fit_and_one_more_is_too_many(phone: Wire) -> None:
    drafts = [upsert(an_entry()) for _ in range(201)]
    too_many = await phone.ask_push({"device_id": "a", "changes": drafts})
    assert (too_many.status_code, too_many.json()["code"]) == (413, "batch_too_large")
    assert (await phone.pull())["changes"] == []
    results = await phone.push(*drafts[:200])
    assert {each["status"] for each in results} == {"applied"}


async def test_a_body_over_one_mebibyte_is_refused_whole(phone: Wire) -> None:
    drafts = [upsert(an_entry(note="🫥" * 2000)) for _ in range(140)]
    text = json.dumps({"device_id": "a", "changes": drafts}, ensure_ascii=False).encode()
    assert len(text) > 1024 * 1024
    json_type = {"Content-Type": "application/json"}
    answer = await phone.patient.ask("POST", CHANGES, content=text, headers=json_type)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert (await phone.pull())["changes"] == []


async def test_a_push_of_too_many_values_is_to_be_halved(phone: Wire) -> None:
    """200 sound sessions can hold more values than a body may: that is size, not a fault."""
    reading = {"phase": "post", "pulse": 72, "spo2": 97, "systolic": 141, "diastolic": 90}
    drafts = [upsert(an_entry("session", vitals=[reading] * 50)) for _ in range(200)]
    assert len(json.dumps(drafts)) < 1024 * 1024
    whole = await phone.ask_push({"device_id": "a", "changes": drafts})
    assert (whole.status_code, whole.json()["code"]) == (413, "too_many_values")
    half = await phone.push(*drafts[:100])
    assert {each["status"] for each in half} == {"applied"}


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_strangers_are_refused_before_anything_is_read(service: Service, method: str) -> None:
    answer = await service.http.request(method, CHANGES, params={"cursor": "x"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


async def test_answers_are_never_stored_on_the_way(phone: Wire) -> None:
    pushed = await phone.ask_push({"device_id": "a", "changes": [upsert(an_entry())]})
    pulled = await phone.ask_pull()
    for answer in (pushed, pulled):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
