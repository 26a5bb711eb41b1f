"""Every answer of the reader's side: open to every origin, kept nowhere, and without a trace."""

import asyncio
from typing import Any

import httpx
import pytest

from app.sharing.accesses import Access, Accesses
from tests.service import Patient, Service
from tests.sharing.links import NOBODY, Link, ask_for, manifest, revoke, share

pytestmark = pytest.mark.anyio
ORIGIN = {"Origin": "https://reader.example"}
ASKS_BEFOREHAND = {
    **ORIGIN,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type",
}
ALWAYS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Retry-After",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",
}
# ASGI is made of plain dicts and callables.
Asgi = Any


async def places(service: Service, patient: Patient) -> tuple[Link, Link, str]:
    """A link with a passcode, a direct one, and a located file."""
    link, direct = await share(patient), await share(patient, kind="direct")
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    return link, direct, file["location"]


async def test_every_answer_is_open_to_every_origin_and_kept_nowhere(
    service: Service, patient: Patient
) -> None:
    link, direct, located = await places(service, patient)
    http = service.http
    answers = [
        await ask_for(service, link, link.passcode, headers=ORIGIN),
        await ask_for(service, link, "WRONG234", headers=ORIGIN),
        await ask_for(service, link, headers=ORIGIN),
        await ask_for(service, f"/shl/{NOBODY}", headers=ORIGIN),
        await http.post(link.path, json={}, headers=ORIGIN),
        await http.post(link.path, data={"a": "b"}, headers=ORIGIN),
        await http.get(link.path, headers=ORIGIN),
        await http.put(link.path, headers=ORIGIN),
        await http.get(f"{direct.path}?recipient=x", headers=ORIGIN),
        await http.get(direct.path, headers=ORIGIN),
        await http.get(located, headers=ORIGIN),
        await http.get(f"/shl/files/{NOBODY}", headers=ORIGIN),
        await http.get("/shl/a/b/c", headers=ORIGIN),
    ]
    statuses = [each.status_code for each in answers]
    assert statuses == [200, 401, 401, 404, 422, 415, 405, 405, 200, 422, 200, 404, 404]
    for answer in answers:
        assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
        assert not answer.headers.keys() & {"access-control-allow-credentials", "set-cookie"}
        assert link.token not in str(answer.headers)
    for answer in answers:
        if answer.status_code >= 400:
            assert "instance" not in answer.json()
            assert link.token not in answer.text


async def test_browsers_that_ask_beforehand_learn_what_readers_need(
    service: Service, patient: Patient
) -> None:
    link, direct, located = await places(service, patient)
    for path in (link.path, direct.path, located, f"/shl/{NOBODY}"):
        answer = await service.http.options(path, headers=ASKS_BEFOREHAND)
        assert answer.status_code == 204
        assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
        assert answer.headers["access-control-allow-methods"] == "GET, POST"
        assert answer.headers["access-control-allow-headers"] == "content-type"


async def test_what_a_reader_leaves_behind_is_written_after_the_answer(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await share(patient)
    await revoke(patient, link)
    sent, written = asyncio.Event(), []
    tell = Accesses.tell

    async def noting(self: Accesses, access: Access) -> None:
        written.append((access.outcome, sent.is_set()))
        await tell(self, access)

    async def watched(scope: Asgi, receive: Asgi, send: Asgi) -> None:
        async def seen(message: Asgi) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                sent.set()

        await service.app(scope, receive, seen)

    monkeypatch.setattr(Accesses, "tell", noting)
    transport = httpx.ASGITransport(watched)
    async with httpx.AsyncClient(transport=transport, base_url="http://afterglow.test") as http:
        answer = await http.post(link.path, json={"recipient": "x"})
    assert answer.status_code == 404
    assert written == [("refused", True)]
