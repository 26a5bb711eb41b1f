"""A patient's whole story, every answer of which is held against the OpenAPI file."""

from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from json import loads
from typing import Any
from uuid import uuid4

import pytest

from tests.clocks import SetClock
from tests.contract.factors import come_back, use_passkeys
from tests.contract.operations import NOT_BUILT, PROMISED
from tests.contract.paths import Document
from tests.contract.witness import Witness
from tests.service import PASSWORD, Patient, Service, an_entry

pytestmark = pytest.mark.anyio

# What an answer holds is for the test to say.
Json = dict[str, Any]
KINDS = ("Session", "Mood", "Anxiety", "Flashback", "Dissociation", "Assessment")
METRICS = ("slope", "daily", "session-response", "weekday")
WHOLE_ANSWERS = ("summary", "sessions", "flashbacks", "coverage", "timeline")


@pytest.fixture
async def witness(service: Service, document: Document) -> AsyncIterator[Witness]:
    """Sees every answer of the service."""
    seeing = Witness(document)
    service.http.event_hooks = {"response": [seeing.see]}
    yield seeing
    service.http.event_hooks = {}


async def test_every_operation_answers_as_the_file_says(
    service: Service, witness: Witness, document: Document, clock: SetClock
) -> None:
    patient = await service.sign_up()
    await write_examples(patient, document)
    await change_entries(patient)
    await read_lists(patient)
    await sync(patient)
    await ask_trends(patient)
    await answer_signals(patient)
    await share(patient)
    await carry_off(patient)
    await use_passkeys(service, patient)
    await come_back(service)
    await keep_account(service, patient)
    assert {name for name, _ in witness.seen} == PROMISED.keys() - NOT_BUILT
    assert {status for _, status in witness.seen} >= {200, 201, 202, 204, 304, 401, 403, 404, 409}
    assert {status for _, status in witness.seen} >= {412, 413, 415, 422, 428}


async def write_examples(patient: Patient, document: Document) -> None:
    """Every example of the file is good, and harmless a second time."""
    for kind in KINDS:
        for example in document["components"]["schemas"][f"{kind}Draft"]["examples"]:
            await patient.save(example)
            await patient.save(example, 200)
    (check_in,) = document["components"]["schemas"]["CheckInDraft"]["examples"]
    for status in (201, 200):
        answer = await patient.ask("POST", "/v1/check-ins", json=check_in)
        assert answer.status_code == status, answer.text
    answer = await patient.ask("POST", "/v1/check-ins", json={**check_in, "mood": 7})
    assert answer.status_code == 422


async def change_entries(patient: Patient) -> None:
    """Replace, patch, conflict, delete, and what is refused."""
    draft = an_entry("mood", note="Rain.")
    path = f"/v1/entries/{draft['id']}"
    await patient.save(draft)
    answer = await patient.ask("POST", "/v1/entries", json=draft | {"score": 1})
    assert answer.status_code == 409
    current = {"If-Match": (await patient.ask("GET", path)).headers["ETag"]}
    told = {"If-None-Match": current["If-Match"]}
    assert (await patient.ask("GET", path, told)).status_code == 304
    replacement = {name: value for name, value in draft.items() if name != "id"}
    replaced = await patient.ask("PUT", path, current, json=replacement | {"score": 3})
    assert replaced.status_code == 200
    assert (await patient.ask("PATCH", path, current, json={"score": 4})).status_code == 412
    assert (await patient.ask("PATCH", path, json={"score": 4})).status_code == 428
    current = {"If-Match": replaced.headers["ETag"]}
    merge = current | {"Content-Type": "application/merge-patch+json"}
    patched = await patient.ask("PATCH", path, merge, content=b'{"kind":"mood","note":null}')
    assert patched.status_code == 200
    assert (await patient.ask("PATCH", path, content=b"score", headers=current)).status_code == 415
    assert (await patient.ask("GET", f"{path}/history")).json()["items"]
    current = {"If-Match": patched.headers["ETag"]}
    assert (await patient.ask("DELETE", path, current)).status_code == 204
    assert (await patient.ask("GET", path)).status_code == 404
    assert (await patient.ask("POST", "/v1/entries", json=draft)).status_code == 409
    assert (await patient.ask("POST", "/v1/entries", json={})).status_code == 422


async def read_lists(patient: Patient) -> None:
    """Pages and what is wrong with them."""
    page = await patient.ask("GET", "/v1/entries", params={"limit": 2})
    cursor = page.json()["next_cursor"]
    await patient.ask("GET", "/v1/entries", params={"cursor": cursor, "kind": ["mood"]})
    unchanged = {"If-None-Match": page.headers["ETag"]}
    assert (await patient.ask("GET", "/v1/entries?limit=2", unchanged)).status_code == 304
    assert (await patient.ask("GET", "/v1/entries?limit=0")).status_code == 422


async def sync(patient: Patient) -> None:
    """Every status a pushed item can have, and a pull."""
    entry = an_entry("anxiety")
    data = {name: value for name, value in entry.items() if name != "id"}
    first = {"id": entry["id"], "op": "upsert", "data": data}
    stale = first | {"data": {"kind": "anxiety", "level": 9}}
    broken = {"id": str(uuid4()), "op": "upsert", "data": {**data, "level": 99}}
    unknown = {"id": str(uuid4()), "op": "upsert", "base_revision": 3, "data": {"kind": "mood"}}
    gone = {"id": entry["id"], "op": "delete", "base_revision": 2**40 - 1}
    statuses = []
    for item in (first, first, stale, broken, unknown, gone):
        push = {"device_id": "phone", "changes": [item]}
        answer = await patient.ask("POST", "/v1/sync/changes", json=push)
        assert answer.status_code == 200, answer.text
        statuses += [each["status"] for each in answer.json()["results"]]
    assert statuses[:2] == ["applied", "unchanged"]
    assert {"rejected", "missing"} <= set(statuses)
    too_many = {"device_id": "phone", "changes": [first] * 201}
    assert (await patient.ask("POST", "/v1/sync/changes", json=too_many)).status_code == 413
    pulled = await patient.ask("GET", "/v1/sync/changes?limit=3&device_id=phone")
    assert pulled.json()["has_more"] is True
    await patient.ask("GET", f"/v1/sync/changes?cursor={pulled.json()['cursor']}")
    restored = await patient.ask("GET", f"/v1/sync/changes?cursor={2**45}")
    assert restored.status_code == 410


async def ask_trends(patient: Patient) -> None:
    """Every question, over a window with entries and over one without."""
    for window in ({"from": "2026-03-01", "to": "2026-04-01"}, {}):
        for name in METRICS:
            for metric in ("mood", "anxiety"):
                await trend(patient, name, window | {"metric": metric})
        for name in WHOLE_ANSWERS:
            await trend(patient, name, window)
        for instrument in ("phq-9", "gad-7", "pcl-5"):
            await trend(patient, "assessments", window | {"instrument": instrument})
        await trend(patient, "report.pdf", window)


async def trend(patient: Patient, name: str, params: dict[str, str]) -> None:
    """The answer, and then the news that it is the same."""
    path = f"/v1/trends/{name}"
    answer = await patient.ask("GET", path, params=params)
    assert answer.status_code == 200, answer.text
    told = {"If-None-Match": answer.headers["ETag"]}
    assert (await patient.ask("GET", path, told, params=params)).status_code == 304


async def answer_signals(patient: Patient) -> None:
    """A cry for help raises a signal, and the patient dismisses it."""
    await patient.save(an_entry("mood", help_wanted=True, score=0))
    signals = (await patient.ask("GET", "/v1/signals")).json()["items"]
    path = f"/v1/signals/{signals[0]['id']}"
    dismissed = await patient.ask("PATCH", path, json={"status": "dismissed"})
    assert dismissed.status_code == 200, dismissed.text
    other = await patient.ask("PATCH", f"/v1/signals/{uuid4()}", json={"status": "dismissed"})
    assert other.status_code == 404
    for country in ("US", "ZZ"):
        await patient.http.get("/v1/crisis-resources", params={"country": country})


async def share(patient: Patient) -> None:
    """A link with a passcode and a direct one, seen from both sides."""
    scope = {"kinds": ["mood", "session"], "from": "2026-03-01", "to": "2026-04-01"}
    draft = {"id": str(uuid4()), "kind": "passcode", "mode": "snapshot", "scope": scope}
    assert (await patient.ask("POST", "/v1/shares", json=draft)).status_code == 403
    assert (await patient.ask("POST", "/v1/step-up", json={"method": "x"})).status_code == 422
    await patient.step_up()
    made = (await patient.ask("POST", "/v1/shares", json=draft)).json()
    await open_with_passcode(patient, token_of(made), made["passcode"])
    path = f"/v1/shares/{made['id']}"
    for view in ("", "/qr.svg", "/qr.png?form=bare", "/accesses"):
        assert (await patient.ask("GET", path + view)).status_code == 200
    direct = {"id": str(uuid4()), "kind": "direct", "mode": "snapshot", "scope": scope}
    token = token_of((await patient.ask("POST", "/v1/shares", json=direct)).json())
    read = await patient.http.get(f"/shl/{token}", params={"recipient": "Dr Lee"})
    assert read.status_code == 200
    assert len((await patient.ask("GET", "/v1/shares")).json()["items"]) == 2
    assert (await patient.ask("DELETE", path)).status_code == 204
    assert (await patient.ask("DELETE", "/v1/shares")).status_code == 204
    assert (await patient.http.get(f"/shl/{token}?recipient=X")).status_code == 404


async def open_with_passcode(patient: Patient, token: str, passcode: str) -> None:
    """The reader forgets it, mistypes it, and opens."""
    for given, status in (({}, 401), ({"passcode": "??????"}, 401), ({"passcode": passcode}, 200)):
        asked = {"recipient": "Dr Lee", "embeddedLengthMax": 1, **given}
        answer = await patient.http.post(f"/shl/{token}", json=asked)
        assert answer.status_code == status, answer.text
    (file,) = answer.json()["files"]
    place = file["location"].removeprefix("http://afterglow.test")
    assert (await patient.http.get(place)).status_code == 200


def token_of(made: Json) -> str:
    """The secret of the path, taken out of the link."""
    text = str(made["link"]).rpartition("shlink:/")[2]
    payload = loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return str(payload["url"]).rpartition("/")[2]


async def carry_off(patient: Patient) -> None:
    """The export in each of its forms."""
    await patient.step_up()
    for form in ("ndjson", "csv", "fhir"):
        answer = await patient.ask("GET", "/v1/export", params={"format": form})
        assert answer.status_code == 200, answer.text
    diary = "full_date,time,mood,activities,note\n2026-01-01,9:00,good,walk,\n2026-01-02,x,new,,\n"
    order = {"diary": "daylio", "content": diary, "time_zone": "Europe/Berlin"}
    import_id = {"id": str(uuid4())}
    for status, action in (
        (200, {**order, "action": "preview"}),
        (200, {**order, **import_id, "action": "commit"}),
        (200, {**import_id, "action": "undo"}),
        (409, {**order, **import_id, "action": "commit"}),
        (404, {"id": str(uuid4()), "action": "undo"}),
        (422, {"action": "preview"}),
    ):
        answer = await patient.ask("POST", "/v1/imports", json=action)
        assert answer.status_code == status, answer.text


async def keep_account(service: Service, patient: Patient) -> None:
    """The profile, the devices, the tokens and the health of the service."""
    for path in ("/healthz", "/readyz"):
        assert (await service.http.get(path)).status_code == 200
    profile = await patient.ask("GET", "/v1/profile")
    told = {"If-None-Match": profile.headers["ETag"]}
    assert (await patient.ask("GET", "/v1/profile", told)).status_code == 304
    trail = await patient.ask("GET", "/v1/audit-events?limit=2")
    told = {"If-None-Match": trail.headers["ETag"]}
    assert (await patient.ask("GET", "/v1/audit-events?limit=2", told)).status_code == 304
    following = {"limit": 200, "cursor": trail.json()["next_cursor"]}
    assert (await patient.ask("GET", "/v1/audit-events", params=following)).json()["items"]
    await patient.set_time_zone("America/New_York")
    await patient.refresh()
    tablet = {"name": "Tablet", "platform": "test"}
    entrance = {"method": "password", "email": patient.email, "device": tablet}
    signed_in = await service.http.post("/v1/tokens", json=entrance | {"password": PASSWORD})
    assert signed_in.status_code == 200, signed_in.text
    wrong = await service.http.post("/v1/tokens", json=entrance | {"password": "another one"})
    assert wrong.status_code == 401
    (other,) = [
        d for d in (await patient.ask("GET", "/v1/devices")).json()["items"] if not d["current"]
    ]
    assert (await patient.ask("DELETE", f"/v1/devices/{other['id']}")).status_code == 204
    assert (await patient.ask("DELETE", "/v1/devices")).status_code == 204
    assert (await patient.ask("DELETE", "/v1/account")).status_code == 204
