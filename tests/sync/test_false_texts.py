"""Texts that are none: JSON can escape them, and they stand in the way of their own item alone."""

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
