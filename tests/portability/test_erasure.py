"""Erased is erased: every row, every token, every link, also after a crash in between."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from app.accounts.accounts import Accounts
from app.audit import Actor, chain_is_open
from app.database import Database, Transaction
from app.portability.erasure import Erasure
from app.portability.ledger import ErasureLedger
from app.sharing.accesses import Accesses, Visitor, access_of
from app.sharing.serving import Admission, Served
from app.sharing.shl import secret_hash
from app.sharing.store import find_share
from app.vault import KeyRing, Vault
from tests.portability.lives import (
    OF_ACCOUNTS,
    STAYS,
    account_of,
    erase,
    eraser,
    left_of,
    live,
    waiting_for,
)
from tests.service import PASSWORD, Patient, Service, an_entry, settled
from tests.sharing.links import NOBODY, ask_for, manifest, read_direct, room, share, told
from tests.sharing.links import chain as chain_of

pytestmark = pytest.mark.anyio
READY = {"status": "ready"}


def index_of(service: Service, email: str) -> bytes:
    accounts: Accounts = service.app.state.provided[Accounts]
    vault: Vault = accounts.mailer._vault
    return vault.blind_index("email", email.lower())


async def test_no_table_with_accounts_keeps_a_row_but_the_audit_chain(
    service: Service, patient: Patient, database: Database, everything: Database
) -> None:
    await live(service, patient)
    neighbour = await service.sign_up()
    await neighbour.save(an_entry())
    account, other = await account_of(service, patient), await account_of(service, neighbour)
    before = await left_of(database, other)
    assert set(await left_of(database, account)) == set(OF_ACCOUNTS), "the life lacks a table"
    assert await waiting_for(everything, index_of(service, patient.email)) >= {"account"}
    answer = await erase(patient)
    assert (answer.status_code, answer.content) == (204, b"")
    assert set(await left_of(database, account)) == STAYS
    await settled(service)
    assert await waiting_for(everything, index_of(service, patient.email)) == set()
    assert await left_of(database, other) == before
    assert (await neighbour.ask("GET", "/v1/entries")).json()["items"]


async def test_the_key_of_the_erased_leaves_the_memory_of_who_erased(
    service: Service, patient: Patient
) -> None:
    account, vault = await account_of(service, patient), room(service).equipment.vault
    assert (await patient.ask("GET", "/v1/profile")).status_code == 200
    assert account in vault._cache
    assert (await erase(patient)).status_code == 204
    assert account not in vault._cache


async def test_it_needs_a_fresh_proof_and_writes_no_line_without_one(
    service: Service, patient: Patient
) -> None:
    answer = await patient.ask("DELETE", "/v1/account")
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
    assert not service.settings.erasure_ledger.exists()
    assert (await patient.ask("GET", "/v1/profile")).status_code == 200


async def test_a_located_file_of_the_erased_is_that_of_nobody(
    service: Service, patient: Patient
) -> None:
    links = await live(service, patient)
    (file,) = (await manifest(service, links[0], embeddedLengthMax=0))["files"]
    assert (await service.http.get(file["location"])).status_code == 200
    assert (await erase(patient)).status_code == 204
    gone, never = [
        await service.http.get(path) for path in (file["location"], f"/shl/files/{NOBODY}")
    ]
    assert (gone.status_code, told(gone)) == (404, told(never))


async def test_links_tokens_and_passwords_of_the_erased_are_those_of_nobody(
    service: Service, patient: Patient
) -> None:
    links = await live(service, patient)
    assert (await erase(patient)).status_code == 204
    for link in links:
        answer = await ask_for(service, link, "whatever")
        assert told(answer) == told(await ask_for(service, f"/shl/{NOBODY}", "whatever"))
        assert answer.status_code == 404
    direct = await read_direct(service, links[1])
    assert told(direct) == told(await read_direct(service, f"/shl/{NOBODY}"))
    assert (await patient.ask("GET", "/v1/profile")).status_code == 401
    spent = {"refresh_token": patient.tokens["refresh_token"]}
    assert (await service.http.post("/v1/tokens/refresh", json=spent)).status_code == 401
    entrance = {
        "method": "password",
        "email": patient.email,
        "password": PASSWORD,
        "device": {"name": "Phone", "platform": "test"},
    }
    answer = await service.http.post("/v1/tokens", json=entrance)
    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_refused")


async def test_one_mail_confirms_it_and_the_address_is_free_again(
    service: Service, patient: Patient
) -> None:
    assert (await erase(patient)).status_code == 204
    await settled(service)
    mails = [each for each in service.mailed() if patient.email in each]
    assert "Subject: Your account was erased" in mails[-1]
    assert sum("was erased with everything" in each for each in mails) == 1
    again = await service.sign_up(patient.email)
    assert (await again.ask("GET", "/v1/entries")).json()["items"] == []


async def test_the_chain_ends_with_the_erasure_and_nothing_is_added(
    service: Service, patient: Patient, database: Database
) -> None:
    account = await account_of(service, patient)
    await erase(patient)
    assert (await chain_of(database, account, str(account)))[-1] == (
        "account.erased",
        "done",
        "device",
    )
    assert not await eraser(service).erase(account, Actor("operator", "test"))
    assert len(await chain_of(database, account, str(account))) == 2


async def test_the_ledger_comes_first_and_without_it_nothing_is_erased(
    service: Service, patient: Patient
) -> None:
    service.settings.erasure_ledger.mkdir()
    answer = await erase(patient)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert (await patient.ask("GET", "/v1/profile")).status_code == 200
    service.settings.erasure_ledger.rmdir()
    account = await account_of(service, patient)
    assert (await erase(patient)).status_code == 204
    ledger = ErasureLedger(service.settings.erasure_ledger)
    assert [each.account_id for each in ledger.lines()] == [account]


async def test_writers_who_run_at_the_same_time_leave_nothing_behind(
    service: Service, patient: Patient, database: Database
) -> None:
    links = await live(service, patient)
    account = await account_of(service, patient)
    await patient.step_up()

    async def write(number: int) -> int:
        await asyncio.sleep(number / 500)
        return (await patient.ask("POST", "/v1/entries", json=an_entry())).status_code

    async def read(number: int) -> int:
        await asyncio.sleep(number / 500)
        return (await read_direct(service, links[1])).status_code

    async def go() -> int:
        await asyncio.sleep(0.01)
        return (await patient.ask("DELETE", "/v1/account")).status_code

    statuses = await asyncio.gather(go(), *map(write, range(12)), *map(read, range(12)))
    assert statuses[0] == 204
    assert set(await left_of(database, account)) == STAYS


async def test_what_a_reader_did_before_leaves_nothing_when_it_is_told_after(
    service: Service, patient: Patient, database: Database
) -> None:
    """By another worker that still has the patient's keys: it tells after its answer."""
    link, account = await share(patient), await account_of(service, patient)
    vault = Vault(KeyRing.from_file(service.settings.keys_file), service.clock)
    await database.read(account, lambda work: vault.patient(work, account))
    token = secret_hash(link.token)
    found = await database.read(None, lambda work: find_share(work, token))
    assert found is not None
    assert (await erase(patient)).status_code == 204
    worker, visitor = Accesses(database, vault, service.clock), Visitor("program", "1", "Dr Lee")
    for access in (
        access_of(found, visitor, "no_passcode"),
        access_of(found, visitor, "opened", "file"),
        access_of(found, visitor, "wrong_passcode"),
        access_of(found, visitor, "refused"),
    ):
        await worker.tell(access)
        assert set(await left_of(database, account)) == STAYS


@pytest.mark.parametrize("known", [False, True], ids=["key_forgotten", "key_known"])
@pytest.mark.parametrize(
    "members", [{}, {"mode": "live"}, {"kind": "direct"}], ids=["snapshot", "live", "direct"]
)
async def test_a_link_whose_account_is_erased_while_it_is_opened_is_that_of_nobody(
    service: Service,
    patient: Patient,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    members: dict[str, Any],
    *,
    known: bool,
) -> None:
    """Also by a worker that still has the patient's keys."""
    link, account = await share(patient, **members), await account_of(service, patient)
    serving = room(service).readers._serving
    serve = serving.serve

    async def erased_first(admission: Admission) -> Served:
        assert await eraser(service).erase(account, Actor("operator", "test"))
        return await serve(admission)

    monkeypatch.setattr(serving, "serve", erased_first)
    if known:
        monkeypatch.setattr(room(service).equipment.vault, "forget", lambda _: None)
    if members.get("kind") == "direct":
        answers = [await read_direct(service, each) for each in (link.path, f"/shl/{NOBODY}")]
    else:
        answers = [
            await ask_for(service, each, link.passcode) for each in (link.path, f"/shl/{NOBODY}")
        ]
    assert [each.status_code for each in answers] == [404, 404]
    assert told(answers[0]) == told(answers[1])
    assert set(await left_of(database, account)) == STAYS


async def test_every_room_forgets_once_more_when_the_chain_is_closed(
    service: Service, patient: Patient
) -> None:
    """From then on nobody adds anything: what others committed until then is found."""
    own, account = eraser(service), await account_of(service, patient)
    open_then: list[bool] = []

    async def notes(transaction: Transaction, account_id: UUID) -> None:
        open_then.append(await chain_is_open(transaction, account_id))

    ledger = ErasureLedger(service.settings.erasure_ledger)
    erasure = Erasure(own._workshop, ledger, [*own._forgetters, notes])
    assert await erasure.erase(account, Actor("operator", "test"))
    assert open_then == [True, False]
