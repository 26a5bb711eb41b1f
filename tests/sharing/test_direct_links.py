"""Direct links, located files, and everything that looks at a link without opening it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.sharing.accesses import Visit, Visitor
from app.sharing.refusals import ShareNotFound
from app.sharing.store_files import drop_reading
from tests.clocks import SetClock
from tests.service import Patient, Service, an_entry, problem_of
from tests.sharing.links import (
    NOBODY,
    accesses,
    account_of,
    ask_for,
    manifest,
    opened,
    outcomes,
    read_direct,
    room,
    share,
    state,
    told,
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


async def test_a_direct_link_opens_in_one_transaction(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, account = await share(patient, kind="direct"), await account_of(service, patient)
    database = room(service).equipment.database
    ways: list[str] = []

    def noted(way: str, begin: Any) -> Any:
        async def noting(of: UUID | None, *given: Any, **more: Any) -> Any:
            if of == account:
                ways.append(way)
            return await begin(of, *given, **more)

        return noting

    for way in ("read", "write"):
        monkeypatch.setattr(database, way, noted(way, getattr(database, way)))
    await opened(service, link)
    assert ways == ["write"]


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


async def test_a_clock_set_back_while_a_link_is_looked_at_opens_none_with_a_passcode(
    service: Service, patient: Patient, clock: SetClock
) -> None:
    link = await share(patient)
    readers, visit = room(service).readers, Visit(Visitor("program", "1"))
    clock.advance(days=8)
    dead = await readers.find_direct(link.token)
    clock.advance(days=-8)
    with pytest.raises(ShareNotFound):
        await readers.read_direct(readers.living(dead, visit), visit)


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


async def test_a_file_that_goes_while_its_ticket_is_looked_at_is_that_of_nobody(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, account = await share(patient), await account_of(service, patient)
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    database = room(service).equipment.database
    read = database.read

    async def gone_before(of: UUID | None, *given: Any, **more: Any) -> Any:
        if of == account:
            await database.write(account, lambda work: drop_reading(work, account, link.share_id))
        return await read(of, *given, **more)

    monkeypatch.setattr(database, "read", gone_before)
    gone = await service.http.get(file["location"])
    never = await service.http.get(f"/shl/files/{NOBODY}")
    assert (gone.status_code, told(gone)) == (404, told(never))
