"""Every way by which an entry comes to lie in a journal, over HTTP."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx

from tests.portability.imports import commit
from tests.service import Patient, an_entry

# What a body holds is for the test to say.
Json = dict[str, Any]
Way = Callable[[Patient, Json], Awaitable[bool]]
SHARED = ("occurred_at", "time_zone", "source", "session_id")


async def create(patient: Patient, draft: Json) -> bool:
    """`createEntry`."""
    return taken(await send(patient, "POST", "/v1/entries", draft), 201)


async def check_in(patient: Patient, draft: Json) -> bool:
    """`checkIn`, with the one part."""
    own = {name: each for name, each in draft.items() if name not in (*SHARED, "kind")}
    body = {name: draft[name] for name in SHARED if name in draft} | {draft["kind"]: own}
    return taken(await send(patient, "POST", "/v1/check-ins", body), 201)


async def replace(patient: Patient, draft: Json) -> bool:
    """`replaceEntry` of another content of the kind."""
    before = await begun(patient, draft)
    content = {name: each for name, each in draft.items() if name != "id"}
    return taken(await amend(patient, "PUT", before, content), 200)


async def update(patient: Patient, draft: Json) -> bool:
    """`updateEntry` of another content of the kind, whose other members are cleared."""
    before = await begun(patient, draft)
    return taken(await amend(patient, "PATCH", before, patch_to(draft)), 200)


async def push(patient: Patient, draft: Json) -> bool:
    """`pushChanges`, as a new entry."""
    data = {name: each for name, each in draft.items() if name != "id"}
    return await pushed(patient, {"id": draft["id"], "op": "upsert", "data": data})


async def push_edit(patient: Patient, draft: Json) -> bool:
    """`pushChanges`, as an edit of another content of the kind."""
    before = await begun(patient, draft)
    item = {"id": draft["id"], "op": "upsert", "data": patch_to(draft)}
    return await pushed(patient, {**item, "base_revision": before["revision"]})


async def bring_in(patient: Patient, draft: Json) -> bool:
    """`importEntries`, as a line of an export."""
    line = json.dumps({"type": "entry", "content_version": 1, "entry": draft})
    report = await commit(patient, "afterglow", line)
    assert report["created"] + report["refused_count"] == 1
    return bool(report["created"])


WAYS: tuple[Way, ...] = (create, check_in, replace, update, push, push_edit, bring_in)
CHECKED_IN = ("mood", "anxiety", "flashback")


def ways_for(kind: str) -> list[Way]:
    """Those that take a kind."""
    return [way for way in WAYS if way is not check_in or kind in CHECKED_IN]


async def begun(patient: Patient, draft: Json) -> Json:
    """An entry of the draft's id and kind that says something else."""
    starter: Json = (await patient.save(starter_of(draft)))["entry"]
    return starter


def starter_of(draft: Json) -> Json:
    """Good content of the draft's kind; of its instrument, which is fixed."""
    if draft["kind"] != "assessment":
        return an_entry(draft["kind"], id=draft["id"], note="before")
    answers = draft.get("answers")
    told = {"answers": [{**each, "value": 0} for each in answers]} if answers else {"total": 0}
    gone = {} if "total" in told else {"total": None}
    starter = an_entry("assessment", id=draft["id"], instrument=draft["instrument"], **told, **gone)
    return {name: each for name, each in starter.items() if each is not None}


def patch_to(draft: Json) -> Json:
    """The merge patch that makes the starter the draft."""
    cleared = dict.fromkeys(starter_of(draft).keys() - draft.keys())
    return {name: each for name, each in {**cleared, **draft}.items() if name != "id"}


async def pushed(patient: Patient, item: Json) -> bool:
    """Push one item; whether it was applied."""
    body = {"device_id": f"phone-{uuid4().hex}", "changes": [item]}
    answer = await send(patient, "POST", "/v1/sync/changes", body)
    assert answer.status_code == 200, answer.text
    (result,) = answer.json()["results"]
    assert result["status"] in ("applied", "unchanged", "rejected"), result
    return bool(result["status"] == "applied")


async def amend(patient: Patient, method: str, before: Json, body: Json) -> httpx.Response:
    """Change an entry as it stands."""
    tag = {"If-Match": f'"{before["revision"]}"'}
    return await send(patient, method, f"/v1/entries/{before['id']}", body, tag)


async def send(
    patient: Patient, method: str, path: str, body: Json, headers: Json | None = None
) -> httpx.Response:
    """Send it as text: drawn characters go as escapes, which every JSON reader takes."""
    told = {"Content-Type": "application/json", **(headers or {})}
    return await patient.ask(method, path, told, content=json.dumps(body))


def taken(answer: httpx.Response, status: int) -> bool:
    """Whether it was saved; the only other answer is a refusal with reasons."""
    assert answer.status_code in (status, 422), answer.text
    return answer.status_code == status
