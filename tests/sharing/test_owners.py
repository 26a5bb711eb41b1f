"""Links in their owner's hands: listed, read back, pictured, withdrawn, and nobody else's."""

import io
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import bindparam, select

from app.database import Database, Transaction
from app.metadata import METADATA
from app.sharing import store
from tests.clocks import SetClock
from tests.service import Patient, Service
from tests.sharing.links import (
    Json,
    Link,
    a_draft,
    account_of,
    ask_for,
    chain,
    manifest,
    opened,
    revoke,
    share,
    state,
)

pytestmark = pytest.mark.anyio
EVENT = METADATA.tables["audit_event"]


async def test_the_list_holds_no_secret_and_goes_page_by_page(
    patient: Patient, clock: SetClock
) -> None:
    links = []
    for number in range(5):
        clock.now += timedelta(seconds=1)
        links.append(await share(patient, private_note=f"Number {number}"))
    seen: list[Json] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = (await patient.ask("GET", "/v1/shares", params={"limit": 2, **cursor})).json()
        seen += page["items"]
        cursor = {"cursor": page["next_cursor"]} if "next_cursor" in page else {}
    assert cursor == {}
    assert [each["private_note"] for each in seen] == [f"Number {n}" for n in (4, 3, 2, 1, 0)]
    for each, link in zip(seen, reversed(links), strict=True):
        assert each == {n: v for n, v in link.share.items() if n not in ("link", "passcode")}


async def test_the_link_can_be_read_back_and_that_is_told(
    service: Service, patient: Patient, database: Database
) -> None:
    link = await share(patient)
    assert await state(patient, link) == link.share
    await ask_for(service, link, "WRONG234")
    await manifest(service, link)
    await ask_for(service, link)
    await revoke(patient, link)
    await state(patient, link)
    await ask_for(service, link)
    told = await chain(database, await account_of(service, patient), link.id)
    assert told == [
        ("share.created", "done", "device"),
        ("share.read_back", "done", "device"),
        ("share.passcode_wrong", "refused", "reader"),
        ("share.opened", "done", "reader"),
        ("share.revoked", "done", "device"),
        ("share.refused", "refused", "reader"),
    ]


async def test_burning_out_is_told(service: Service, patient: Patient, database: Database) -> None:
    link = await share(patient)
    for _ in range(10):
        await ask_for(service, link, "WRONG234")
    told = await chain(database, await account_of(service, patient), link.id)
    actions = [action for action, _, _ in told]
    assert actions == ["share.created", *["share.passcode_wrong"] * 9, "share.locked"]


QR_PATHS = ("qr.svg", "qr.png")
QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
"""A random one may hold lines that look like a code of another kind."""


@pytest.mark.parametrize("form", [{}, {"form": "viewer"}, {"form": "bare"}])
async def test_the_qr_code_holds_the_link(patient: Patient, form: dict[str, str]) -> None:
    link = await share(patient)
    answer = await patient.ask("GET", f"/v1/shares/{link.id}/qr.png", params=form)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "no-store"
    picture = Image.open(io.BytesIO(answer.content))
    (found,) = zxingcpp.read_barcodes(picture, QR_CODES)
    expected = str(link.share["link"])
    assert found.text == (expected.partition("#")[2] if form == {"form": "bare"} else expected)
    vectors = await patient.ask("GET", f"/v1/shares/{link.id}/qr.svg", params=form)
    assert vectors.headers["content-type"] == "image/svg+xml"
    assert b"<svg" in vectors.content


@pytest.mark.parametrize("picture", QR_PATHS)
async def test_a_dead_link_has_no_qr_code(patient: Patient, picture: str) -> None:
    link = await share(patient)
    await revoke(patient, link)
    answer = await patient.ask("GET", f"/v1/shares/{link.id}/{picture}")
    assert answer.status_code == 404


def paths(link: Link) -> list[tuple[str, str]]:
    """Every operation on one share."""
    one = f"/v1/shares/{link.id}"
    reads = [("GET", f"{one}{more}") for more in ("", "/accesses", *(f"/{q}" for q in QR_PATHS))]
    return [*reads, ("DELETE", one)]


async def test_another_patients_share_is_no_share(service: Service, patient: Patient) -> None:
    link = await share(patient)
    other = await service.sign_up()
    for method, path in paths(link):
        foreign = await other.ask(method, path)
        unknown = await other.ask(method, path.replace(link.id, str(uuid4())))
        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert foreign.json()["code"] == unknown.json()["code"] == "not_found"
    assert (await other.ask("GET", "/v1/shares")).json() == {"items": []}
    assert (await other.ask("DELETE", "/v1/shares")).status_code == 204
    assert (await state(patient, link))["status"] == "active"


async def test_two_patients_may_use_the_same_id(service: Service, patient: Patient) -> None:
    draft = a_draft()
    other = await service.sign_up()
    mine, theirs = await share(patient, draft), await share(other, draft)
    assert mine.token != theirs.token
    await revoke(other, theirs)
    assert (await ask_for(service, mine, mine.passcode)).status_code == 200


async def test_nobody_gets_anything_without_signing_in(service: Service, patient: Patient) -> None:
    link = await share(patient)
    for method, path in [*paths(link), ("GET", "/v1/shares"), ("DELETE", "/v1/shares")]:
        assert (await service.http.request(method, path)).status_code == 401
    assert (await service.http.post("/v1/shares", json=a_draft())).status_code == 401


async def test_revoking_all_ends_every_link_but_not_anothers(
    service: Service, patient: Patient
) -> None:
    other = await service.sign_up()
    theirs = await share(other)
    links = [await share(patient), await share(patient, kind="direct")]
    assert (await patient.ask("DELETE", "/v1/shares")).status_code == 204
    assert [(await state(patient, link))["status"] for link in links] == ["revoked", "revoked"]
    assert (await ask_for(service, theirs, theirs.passcode)).status_code == 200


async def test_a_page_that_ends_within_an_instant_leaves_no_link_out(patient: Patient) -> None:
    links = {(await share(patient)).id for _ in range(5)}
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = (await patient.ask("GET", "/v1/shares", params={"limit": 2, **cursor})).json()
        seen += [each["id"] for each in page["items"]]
        cursor = {"cursor": page["next_cursor"]} if "next_cursor" in page else {}
    assert sorted(seen) == sorted(links)


async def test_revoking_all_is_told_once(
    service: Service, patient: Patient, database: Database
) -> None:
    await share(patient)
    for _ in range(2):
        assert (await patient.ask("DELETE", "/v1/shares")).status_code == 204
    account = await account_of(service, patient)
    told = [action for action, _, _ in await chain(database, account, str(account))]
    assert told.count("share.all_revoked") == 1


async def test_a_link_that_is_made_while_all_are_revoked_stays_whole(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there before their files go, and was not when they were looked for."""
    before, meanwhile = await share(patient), await share(patient)
    (file,) = (await manifest(service, meanwhile, embeddedLengthMax=0))["files"]

    async def found_before(transaction: Transaction, account_id: UUID, now: datetime) -> list[UUID]:
        assert await store.revoke(transaction, account_id, before.share_id, now)
        return [before.share_id]

    monkeypatch.setattr("app.sharing.store.revoke_all", found_before)
    (old,) = (await manifest(service, before, embeddedLengthMax=0))["files"]
    assert (await patient.ask("DELETE", "/v1/shares")).status_code == 204
    assert (await service.http.get(old["location"])).status_code == 404
    assert (await service.http.get(file["location"])).status_code == 200
    await opened(service, meanwhile)


async def test_a_link_that_is_shown_because_it_was_made_again_is_told(
    service: Service, patient: Patient, database: Database
) -> None:
    draft = a_draft()
    link = await share(patient, draft)
    again = await patient.ask("POST", "/v1/shares", json=draft)
    assert (again.status_code, again.json()["link"]) == (200, link.share["link"])
    other = await patient.ask("POST", "/v1/shares", json={**draft, "label": "Other"})
    assert other.status_code == 409
    await revoke(patient, link)
    dead = await patient.ask("POST", "/v1/shares", json=draft)
    assert (dead.status_code, "link" in dead.json()) == (200, False)
    assert await chain(database, await account_of(service, patient), link.id) == [
        ("share.created", "done", "device"),
        ("share.read_back", "done", "device"),
        ("share.revoked", "done", "device"),
    ]


DIGESTS = (
    select(EVENT.c.digest)
    .where(EVENT.c.account_id == bindparam("account"), EVENT.c.action == "share.created")
    .order_by(EVENT.c.seq)
)


async def test_the_chain_holds_the_digest_of_what_was_sealed(
    service: Service, patient: Patient, database: Database
) -> None:
    links = [await share(patient) for _ in range(2)]
    account = await account_of(service, patient)
    told = await database.read(account, lambda work: work.fetch(DIGESTS, {"account": account}))
    kept = [
        await database.read(account, lambda work: store.load_share(work, account, link.share_id))  # noqa: B023 - at once
        for link in links
    ]
    assert [row[0] for row in told] == [
        sha256(each.sealed_about).digest() for each in kept if each is not None
    ]


async def test_the_same_draft_of_two_patients_leaves_nothing_alike(
    service: Service, patient: Patient, database: Database
) -> None:
    draft, kept = a_draft(), []
    for owner in (patient, await service.sign_up()):
        link, account = await share(owner, draft), await account_of(service, owner)
        row = await database.read(
            account,
            lambda work: store.load_share(work, account, link.share_id),  # noqa: B023 - at once
        )
        assert row is not None
        kept.append(row)
    mine, theirs = kept
    assert mine.draft_digest != theirs.draft_digest
    assert mine.sealed_about != theirs.sealed_about


async def test_a_last_page_that_is_full_leads_nowhere(service: Service, patient: Patient) -> None:
    link, _ = await share(patient), await share(patient)
    for _ in range(2):
        await ask_for(service, link)
    for path in ("/v1/shares", f"/v1/shares/{link.id}/accesses"):
        page = (await patient.ask("GET", path, params={"limit": 2})).json()
        assert len(page["items"]) == 2
        assert "next_cursor" not in page
