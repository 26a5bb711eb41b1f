"""What chain, mails and refusals tell of passkeys, and what their changes hold fast meanwhile."""

from dataclasses import replace
from hashlib import sha256
from uuid import UUID

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import bindparam, select

from app.accounts import store_accounts
from app.accounts.passkeys.passkeys import MESSAGES
from app.accounts.store_accounts import StoredAccount
from app.accounts.store_passkeys import PASSKEY
from app.database import Transaction
from app.vault import Place
from tests.accounts.client import Client, Json
from tests.accounts.house import EVENT
from tests.accounts.passkeys.stories import (
    begin,
    challenged,
    enter,
    events_of,
    finish,
    prove,
    registered,
    step_up,
)
from tests.authenticator import Authenticator

pytestmark = pytest.mark.anyio
MINUTE = "2026-06-01 12:00"
SEALED = select(PASSKEY.c.sealed_name).where(
    PASSKEY.c.account_id == bindparam("account"), PASSKEY.c.id == bindparam("passkey")
)
DIGEST = (
    select(EVENT.c.digest)
    .where(EVENT.c.account_id == bindparam("account"))
    .order_by(EVENT.c.seq.desc())
    .limit(1)
)


async def account_of(client: Client) -> UUID:
    return (await client.house.caller(client.tokens["access_token"])).account_id


async def newest_event(client: Client) -> tuple[str, ...]:
    """Its action, object and outcome, who did it, by which request, and the object's kind."""
    account_id = await account_of(client)
    event = (await client.house.events(account_id))[-1]
    return (*event, *await client.house.newest_event_is_of(account_id))


async def newest_mail(client: Client) -> str:
    mail = (await client.house.mails_to(client.email))[-1]
    return f"{mail['Subject']}: {mail.get_content()}"


async def only_passkey(client: Client) -> Json:
    (passkey,) = (await client.ask("GET", "/v1/passkeys")).json()["items"]
    return passkey


def request_of(answer: httpx.Response) -> str:
    return answer.headers["x-request-id"]


async def test_a_change_names_its_passkey_its_device_and_its_request(client: Client) -> None:
    await client.sign_up()
    device = client.tokens["device"]["id"]
    added = await finish(client, await begin(client), Authenticator())
    passkey = added.json()["id"]
    by_device = ("device", device, request_of(added), "passkey")
    assert await newest_event(client) == ("passkey.added", passkey, "done", *by_device)
    assert MINUTE in await newest_mail(client)
    await step_up(client)
    gone = await client.ask("DELETE", f"/v1/passkeys/{passkey}")
    by_device = ("device", device, request_of(gone), "passkey")
    assert await newest_event(client) == ("passkey.deleted", passkey, "done", *by_device)


async def test_the_name_lies_sealed_in_its_place_and_the_chain_holds_its_digest(
    client: Client,
) -> None:
    """What was sealed outlives an update of the service, so the place stays as it is."""
    await client.sign_up()
    await registered(client, name="Blue key")
    account_id, passkey_id = await account_of(client), UUID((await only_passkey(client))["id"])

    async def read(transaction: Transaction) -> tuple[bytes, bytes, bytes]:
        ((sealed,),) = await transaction.fetch(
            SEALED, {"account": account_id, "passkey": passkey_id}
        )
        ((digest,),) = await transaction.fetch(DIGEST, {"account": account_id})
        keys = await client.house.vault.patient(transaction, account_id)
        place = Place("passkey", "name", account_id, str(passkey_id))
        return bytes(sealed), bytes(digest), keys.open(place, sealed)

    sealed, digest, name = await client.house.database.read(account_id, read)
    assert name == b"Blue key"
    assert digest == sha256(sealed).digest()


async def test_a_copied_key_is_told_with_its_passkey_and_who_showed_it(client: Client) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    copied, passkey = replace(authenticator), (await only_passkey(client))["id"]
    assert (await enter(client, authenticator)).status_code == 200
    told = ("passkey.counter_back", passkey, "refused")
    answer = await enter(client, copied)
    by_stranger = ("service", "", request_of(answer), "passkey")
    assert await newest_event(client) == (*told, *by_stranger)
    answer = await prove(client, replace(copied, count=0))
    by_device = ("device", client.tokens["device"]["id"], request_of(answer), "passkey")
    assert await newest_event(client) == (*told, *by_device)


@pytest.mark.parametrize(
    "lie", [{"key": ec.generate_private_key(ec.SECP256R1())}, {"origin": "https://evil.example"}]
)
async def test_a_known_passkey_that_signs_wrongly_is_told_to_its_account(
    client: Client, lie: Json
) -> None:
    await client.sign_up()
    liar = replace(await registered(client), **lie)
    assert (await enter(client, liar)).status_code == 401
    assert (await events_of(client))[-1] == ("sign_in", "refused")


async def test_a_right_password_alone_is_told_with_its_request_and_its_time(
    client: Client,
) -> None:
    await client.sign_up()
    await registered(client, require_passkey=True)
    answer = await client.ask("POST", "/v1/tokens", client.sign_in())
    assert answer.status_code == 403
    account = str(await account_of(client))
    by_stranger = ("service", "", request_of(answer), "account")
    assert await newest_event(client) == ("passkey_required", account, "refused", *by_stranger)
    mail = await newest_mail(client)
    assert mail.startswith("A sign-in was refused: ")
    assert MINUTE in mail


async def test_a_refusal_says_in_words_what_is_wrong(client: Client) -> None:
    await client.sign_up()
    started, authenticator = await begin(client), Authenticator(rp_id="evil.example")
    (fault,) = (await finish(client, started, authenticator)).json()["errors"]
    assert fault["message"] == MESSAGES[fault["code"]]


async def test_proofs_and_changes_hold_their_account_until_the_commit(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever signs devices out holds it too, so neither happens in the middle of the other."""
    await client.sign_up()
    authenticator = await registered(client)
    account_id, passkey = await account_of(client), await only_passkey(client)
    lock = store_accounts.lock_account
    held: list[UUID] = []

    async def noted(transaction: Transaction, account_id: UUID) -> StoredAccount | None:
        held.append(account_id)
        return await lock(transaction, account_id)

    started = await challenged(client, signed_in=True)
    monkeypatch.setattr(store_accounts, "lock_account", noted)
    assert (await prove(client, authenticator, started)).status_code == 200
    assert held == [account_id]
    assert (await client.ask("DELETE", f"/v1/passkeys/{passkey['id']}")).status_code == 204
    assert held == [account_id] * 2


async def test_a_worker_that_has_not_met_the_patient_does_all_of_it(client: Client) -> None:
    """It has no keys at hand, and reads them in the transaction that it works in."""
    await client.sign_up()
    started, authenticator, kept = await begin(client), Authenticator(), client.house.vault._cache
    kept.clear()
    assert (await finish(client, started, authenticator)).status_code == 201
    kept.clear()
    assert (await enter(client, authenticator)).status_code == 200
    passkey = await only_passkey(client)
    kept.clear()
    assert (await client.ask("DELETE", f"/v1/passkeys/{passkey['id']}")).status_code == 204
