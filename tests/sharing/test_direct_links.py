"""Direct links, located files, and everything that looks at a link without opening it."""

import asyncio
from datetime import timedelta

import pytest

from app.sharing.accesses import Access, Accesses
from tests.clocks import SetClock
from tests.service import Patient, Service, an_entry, problem_of
from tests.sharing.links import (
    NOBODY,
    accesses,
    ask_for,
    manifest,
    opened,
    outcomes,
    read_direct,
    share,
    state,
)

pytestmark = pytest.mark.anyio
ORIGIN = {"Origin": "https://reader.example"}


async def test_a_direct_link_gives_the_file_itself(service: Service, patient: Patient) -> None:
    await patient.save(an_entry(score=7))
    link = await share(patient, kind="direct")
    answer = await read_direct(service, link, "Dr Lee")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jose")
    assert link.decrypted(answer.text)["resourceType"] == "Bundle"
    seen = await state(patient, link)
    assert (seen["openings"], seen["first_opened_at"]) == (1, "2026-06-01T12:00:00Z")
    (access,) = await accesses(patient, link)
    assert (access["via"], access["outcome"], access["recipient"]) == ("direct", "opened", "Dr Lee")
    assert "tries_left" not in access


@pytest.mark.parametrize("recipient", ["", "x" * 121, "a\tb"])
async def test_a_bad_recipient_is_refused(
    service: Service, patient: Patient, recipient: str
) -> None:
    link = await share(patient, kind="direct")
    answer = await read_direct(service, link, recipient)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "recipient"
    assert (await state(patient, link))["openings"] == 0


async def test_a_direct_link_wants_a_recipient(service: Service, patient: Patient) -> None:
    link = await share(patient, kind="direct")
    answer = await service.http.get(link.path)
    assert answer.status_code == 422
    assert problem_of(answer) == {("missing", None)}
    assert await accesses(patient, link) == []


async def test_a_direct_link_takes_no_manifest_request(service: Service, patient: Patient) -> None:
    link = await share(patient, kind="direct")
    for passcode in (None, "WRONG234"):
        answer = await ask_for(service, link, passcode)
        assert (answer.status_code, answer.json()["code"]) == (404, "share_not_found")
    assert (await read_direct(service, link)).status_code == 200
    assert await outcomes(patient, link) == [("direct", "opened")]


async def test_previews_and_scanners_open_nothing_and_burn_nothing(
    service: Service, patient: Patient
) -> None:
    bots = ("Slackbot-LinkExpanding 1.0", "Mozilla/5.0 (compatible; Googlebot/2.1)", "curl/8.0")
    link = await share(patient, max_openings=1)
    direct = await share(patient, kind="direct", max_openings=1)
    for bot in bots:
        headers = {"User-Agent": bot, "Purpose": "prefetch", "Sec-Purpose": "prefetch"}
        for path in (link.path, f"{link.path}?recipient=bot"):
            answer = await service.http.get(path, headers=headers)
            assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")
        for path in (link.path, direct.path, f"{direct.path}?recipient=bot"):
            answer = await service.http.head(path, headers=headers)
            assert answer.status_code == 405
        assert (await service.http.get(direct.path, headers=headers)).status_code == 422
        for page in ("/view", "/view?utm_source=mail"):
            assert (await service.http.get(page, headers=headers)).status_code in (200, 503)
        await service.http.head("/view", headers=headers)
    for each in (link, direct):
        assert await accesses(patient, each) == []
        seen = await state(patient, each)
        assert (seen["openings"], seen["tries_left"], seen["status"]) == (0, 10, "active")
    await opened(service, link)
    await opened(service, direct)


async def test_a_long_file_is_located(service: Service, patient: Patient) -> None:
    link = await share(patient)
    (file,) = (await manifest(service, link))["files"]
    length = len(file["embedded"])
    (same,) = (await manifest(service, link, embeddedLengthMax=length))["files"]
    assert same == file
    (located,) = (await manifest(service, link, embeddedLengthMax=length - 1))["files"]
    assert located.keys() == {"contentType", "lastUpdated", "location"}
    assert located["location"].startswith("http://afterglow.test/shl/files/")
    for _ in range(2):
        answer = await service.http.get(located["location"])
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/jose")
        assert answer.text == file["embedded"]
    assert await outcomes(patient, link) == [
        ("file", "opened"),
        ("file", "opened"),
        ("manifest", "opened"),
        ("manifest", "opened"),
        ("manifest", "opened"),
    ]
    assert (await state(patient, link))["openings"] == 3


async def test_a_located_file_is_there_for_ten_minutes(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient)
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    clock.now += timedelta(minutes=10) - timedelta(microseconds=1)
    assert (await service.http.get(file["location"])).status_code == 200
    clock.now += timedelta(microseconds=1)
    gone = await service.http.get(file["location"])
    assert (gone.status_code, gone.json()["code"]) == (404, "share_not_found")


async def test_a_located_file_goes_when_its_link_expires(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient, expires_at="2026-06-01T12:02:00Z", max_openings=1)
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    clock.now += timedelta(minutes=1)
    assert (await service.http.get(file["location"])).status_code == 200
    clock.now += timedelta(minutes=1)
    assert (await service.http.get(file["location"])).status_code == 404


async def test_the_last_reader_of_a_used_up_link_still_gets_the_file(
    service: Service, patient: Patient
) -> None:
    link = await share(patient, max_openings=1)
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    assert (await state(patient, link))["status"] == "used_up"
    assert (await service.http.get(file["location"])).status_code == 200


async def test_a_ticket_is_no_token_and_a_token_no_ticket(
    service: Service, patient: Patient
) -> None:
    link = await share(patient, kind="direct")
    other = await share(patient)
    (file,) = (await manifest(service, other, embeddedLengthMax=0))["files"]
    ticket = file["location"].rpartition("/")[2]
    assert (await read_direct(service, f"/shl/{ticket}")).status_code == 404
    assert (await service.http.get(f"/shl/files/{link.token}")).status_code == 404


PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type",
}


async def test_every_answer_is_open_to_every_origin_and_kept_nowhere(
    service: Service, patient: Patient
) -> None:
    link = await share(patient)
    direct = await share(patient, kind="direct")
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    http = service.http
    answers = [
        await ask_for(service, link, link.passcode, headers=ORIGIN),
        await ask_for(service, link, "WRONG234", headers=ORIGIN),
        await ask_for(service, link, headers=ORIGIN),
        await ask_for(service, f"/shl/{NOBODY}", headers=ORIGIN),
        await http.post(link.path, json={}, headers=ORIGIN),
        await http.post(link.path, data={"a": "b"}, headers=ORIGIN),
        await http.get(link.path, headers=ORIGIN),
        await http.request("PUT", link.path, headers=ORIGIN),
        await http.get(f"{direct.path}?recipient=x", headers=ORIGIN),
        await http.get(direct.path, headers=ORIGIN),
        await http.get(file["location"], headers=ORIGIN),
        await http.get(f"/shl/files/{NOBODY}", headers=ORIGIN),
        await http.get("/shl/a/b/c", headers=ORIGIN),
        *[
            await http.options(path, headers={**ORIGIN, **PREFLIGHT})
            for path in (link.path, direct.path, file["location"], f"/shl/{NOBODY}")
        ],
    ]
    statuses = [each.status_code for each in answers]
    assert statuses == [200, 401, 401, 404, 422, 415, 405, 405, 200, 422, 200, 404, 404, *[204] * 4]
    for answer in answers:
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-expose-headers"] == "Retry-After"
        assert "access-control-allow-credentials" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert "set-cookie" not in answer.headers
        if "json" in answer.headers.get("content-type", ""):
            assert "instance" not in answer.json()
    for answer in answers[-4:]:
        assert answer.headers["access-control-allow-methods"] == "GET, POST"
        assert answer.headers["access-control-allow-headers"] == "content-type"
    for answer in answers:
        assert link.token not in str(answer.headers)
    refused = [each for each in answers if each.status_code >= 400]
    assert not [each for each in refused if link.token in each.text]


async def test_what_a_reader_leaves_behind_is_written_after_the_answer(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await share(patient)
    await patient.ask("DELETE", f"/v1/shares/{link.id}")
    sent = asyncio.Event()
    written: list[bool] = []
    tell = Accesses.tell

    async def noting(self: Accesses, access: Access) -> None:
        written.append(sent.is_set())
        await tell(self, access)

    monkeypatch.setattr(Accesses, "tell", noting)
    body = b'{"recipient":"x"}'
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": "POST",
        "path": link.path,
        "raw_path": link.path.encode(),
        "query_string": b"",
        "headers": [
            (b"host", b"afterglow.test"),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("afterglow.test", 80),
    }

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body"):
            sent.set()

    await service.app(scope, receive, send)  # type: ignore[arg-type]  # plain dicts are ASGI
    assert written == [True]
