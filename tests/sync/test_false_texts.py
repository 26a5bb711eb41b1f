"""What the strict reading takes no part of stands in the way of its own item alone."""

import json
from typing import Any

import httpx
import pytest

from tests.service import an_entry
from tests.sync.wire import CHANGES, Wire, edit, faults_of, removal, upsert

pytestmark = pytest.mark.anyio
NO_TEXTS = {"half a pair": "cut in two \ud83d", "NUL": "a\0b"}
"""What JSON can escape and no text may hold. Phones that cut a text by length make the first."""


@pytest.mark.parametrize("text", NO_TEXTS.values(), ids=NO_TEXTS)
async def test_a_text_that_is_none_rejects_its_own_item_alone(phone: Wire, text: str) -> None:
    known = await phone.push_one(upsert(an_entry(note="stays")))
    first, last = an_entry(note="first"), an_entry("anxiety", note="last 🫥")
    buried = an_entry()
    await phone.push(removal(buried["id"]))
    results = await push_escaped(
        phone,
        upsert(first),
        upsert(an_entry(note=text)),
        upsert(an_entry(tags=["whole", text])),
        edit(known["id"], known["revision"], note=text),
        edit(known["id"], known["revision"], "mood", **{text: 1}),
        edit(known["id"], known["revision"], session_id=text),
        edit(known["id"], known["revision"], emotions=text),
        edit(known["id"], known["revision"], kind=text),
        upsert(an_entry()) | {"id": text},
        upsert(an_entry()) | {text: 1},
        text,
        upsert(buried | {"note": text}),
        upsert(last),
    )
    assert faults_of(results) == [
        ("applied", None, None),
        ("rejected", "wrong_type", "/note"),
        ("rejected", "wrong_type", "/tags/1"),
        ("rejected", "wrong_type", "/note"),
        ("rejected", "unknown_member", "/"),
        ("rejected", "wrong_type", "/session_id"),
        ("rejected", "too_few", "/emotions"),
        ("rejected", "unknown_kind", "/kind"),
        ("rejected", "bad_uuid", "/id"),
        ("rejected", "unknown_member", "/"),
        ("rejected", "wrong_type", ""),
        ("gone", None, None),
        ("applied", None, None),
    ]
    assert results[3]["entry"] == known["entry"]
    kept = [each["entry"].get("note") for each in await phone.pull_all() if "entry" in each]
    assert kept == ["stays", "first", "last 🫥"]


@pytest.mark.parametrize("text", NO_TEXTS.values(), ids=NO_TEXTS)
async def test_a_text_that_is_none_beside_the_items_refuses_the_push(
    phone: Wire, text: str
) -> None:
    items = [upsert(an_entry())]
    for body in (
        {"device_id": text, "changes": items},
        {"device_id": "a", "changes": items, text: 1},
        {"device_id": "a", "changes": {"items": text}},
    ):
        answer = await ask_escaped(phone, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed_json")
    assert (await phone.pull())["changes"] == []


EXACT = "0.1000000000000000055511151231257827021181583404541015625"
"""A tenth as some decimal types write the nearest double: 57 characters."""
UNREAD = {"a long number": EXACT, "no double": "1e400", "a deep one": "[" * 40 + "]" * 40}
SAID_TWICE = '"score":6,"score":7'


@pytest.mark.parametrize("value", UNREAD.values(), ids=UNREAD)
async def test_a_value_that_is_not_read_rejects_its_own_item_alone(phone: Wire, value: str) -> None:
    first, last = an_entry(note="first"), an_entry("anxiety", note="last")
    episode = {"report": "episode", "distress": 5, "duration_minutes": PLACE}
    results = await push_written(
        phone,
        value,
        upsert(first),
        upsert(an_entry("flashback", **episode)),
        upsert(an_entry()) | {"data": PLACE},
        upsert(an_entry()) | {"base_revision": PLACE},
        PLACE,
        upsert(last),
    )
    assert faults_of(results) == [
        ("applied", None, None),
        ("rejected", "wrong_type", "/duration_minutes"),
        ("rejected", "wrong_type", "/data"),
        ("rejected", "wrong_type", "/base_revision"),
        ("rejected", "wrong_type", ""),
        ("applied", None, None),
    ]
    assert [each["entry"]["note"] for each in await phone.pull_all()] == ["first", "last"]


async def test_a_member_that_stands_twice_rejects_its_own_item_alone(phone: Wire) -> None:
    first, last = an_entry(note="first"), an_entry("anxiety", note="last")
    texts = [json.dumps(upsert(each)) for each in (first, an_entry(), an_entry(), last)]
    texts[1] = texts[1].replace('"score": 6', SAID_TWICE)
    texts[2] = texts[2].replace('"op"', '"op":"delete","op"')
    results = await push_texts(phone, texts)
    assert faults_of(results) == [
        ("applied", None, None),
        ("rejected", "wrong_type", "/score"),
        ("rejected", "unknown_value", "/op"),
        ("applied", None, None),
    ]


@pytest.mark.parametrize("value", UNREAD.values(), ids=UNREAD)
async def test_a_value_that_is_not_read_beside_the_items_refuses_the_push(
    phone: Wire, value: str
) -> None:
    item = json.dumps(upsert(an_entry()))
    for body in (
        f'{{"device_id":{value},"changes":[{item}]}}',
        f'{{"device_id":"a","changes":[{item}],"more":{value}}}',
        f'{{"device_id":"a","changes":{{"items":{value}}}}}',
        f'{{"device_id":"a","device_id":"a","changes":[{item}]}}',
        f'{{"device_id":"a","changes":[{item}],"changes":[{item}]}}',
    ):
        answer = await ask_text(phone, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed_json")
    assert (await phone.pull())["changes"] == []


PLACE = "THE-PLACE"


async def push_written(phone: Wire, value: str, *items: Any) -> list[dict[str, Any]]:
    """The results of a push in which `value` is written as it stands wherever PLACE is."""
    return await push_texts(
        phone, [json.dumps(each).replace(f'"{PLACE}"', value) for each in items]
    )


async def push_texts(phone: Wire, items: list[str]) -> list[dict[str, Any]]:
    """The results of a push of items that are written already."""
    body = f'{{"device_id":"{phone.device_id}","changes":[{",".join(items)}]}}'
    answer = await ask_text(phone, body)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def ask_text(phone: Wire, body: str) -> httpx.Response:
    """A push whose body the test wrote, to the letter."""
    json_type = {"Content-Type": "application/json"}
    return await phone.patient.ask("POST", CHANGES, content=body, headers=json_type)


async def ask_escaped(phone: Wire, body: Any) -> httpx.Response:
    """A push in ASCII, which can write what no text may hold."""
    json_type = {"Content-Type": "application/json"}
    content = json.dumps(body).encode("ascii")
    return await phone.patient.ask("POST", CHANGES, content=content, headers=json_type)


async def push_escaped(phone: Wire, *items: Any) -> list[dict[str, Any]]:
    """The results of such a push."""
    answer = await ask_escaped(phone, {"device_id": phone.device_id, "changes": list(items)})
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results
