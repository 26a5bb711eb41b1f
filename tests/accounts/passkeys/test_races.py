"""What happens at once, at the limits, and when a clock jumps."""

import asyncio
from uuid import UUID

import pytest

from app.accounts import store_accounts
from app.accounts.erasure import forget_account
from app.accounts.passkeys import ceremonies, passkeys
from app.accounts.passkeys.ceremonies import Ceremony, ChallengeOver, Challenges, use_once
from app.accounts.store_accounts import StoredAccount, require_passkey
from app.accounts.store_devices import revoke_all
from app.accounts.store_passkeys import drop_passkey
from app.audit import Actor, AuditEvent, close_chain
from app.database import Database, Transaction
from tests.accounts.client import Client, code_of, faults_in
from tests.accounts.house import House
from tests.accounts.passkeys.stories import (
    begin,
    challenged,
    enter,
    events_of,
    finish,
    registered,
)
from tests.accounts.test_signing_in import LOCK
from tests.authenticator import Authenticator
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
REFUSED = (401, "credentials_refused")


async def test_one_answer_sent_five_times_at_once_enters_once(client: Client) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    started = await challenged(client, signed_in=False)
    credential = authenticator.get(started["options"])
    answers = await asyncio.gather(
        *(enter(client, authenticator, started, credential=credential) for _ in range(5))
    )
    assert sorted(each.status_code for each in answers) == [200, 401, 401, 401, 401]


async def test_passkeys_have_a_limit(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    await client.sign_up()
    await registered(client)
    monkeypatch.setattr(passkeys, "MOST_PASSKEYS", 1)
    answer = await finish(client, await begin(client), Authenticator())
    assert faults_in(answer) == [("passkey_limit", "/credential")]


async def test_a_locked_account_answers_like_a_wrong_passkey(
    client: Client, clock: SetClock
) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    account_id = (await client.house.caller(client.tokens["access_token"])).account_id

    async def lock(transaction: Transaction) -> None:
        await transaction.execute(LOCK, {"account": account_id, "at": clock()})

    await client.house.database.write(account_id, lock)
    assert code_of(await enter(client, authenticator)) == REFUSED
    assert (await events_of(client))[-1] == ("sign_in", "refused")


async def test_a_demand_that_comes_between_compare_and_write_counts(
    client: Client, house: House, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.sign_up()
    account_id = (await house.caller(client.tokens["access_token"])).account_id
    hasher = house.equipment.hasher
    verify = hasher.verify

    async def slowly(secret: str, hashed: str | None) -> bool:
        fits = await verify(secret, hashed)
        await house.database.write(
            account_id, lambda work: require_passkey(work, account_id, clock())
        )
        return fits

    monkeypatch.setattr(hasher, "verify", slowly)
    answer = await client.ask("POST", "/v1/tokens", client.sign_in())
    assert code_of(answer) == (403, "passkey_required")


async def test_used_proofs_are_remembered_a_day_beyond_their_end(
    database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ceremonies, "SWEEPS_ONE_IN", 1)
    ends_at = clock()

    async def used() -> bool:
        proof = f"{id(clock)}".encode()
        return await database.write(None, lambda work: use_once(work, proof, ends_at, clock()))

    assert await used()
    clock.advance(hours=24, seconds=-1)
    assert not await used()
    clock.advance(seconds=1)
    assert await used()


async def test_ids_that_nobody_was_given_name_no_challenge(house: House, clock: SetClock) -> None:
    challenges = Challenges(house.vault, clock)
    given = challenges.give(Ceremony.SIGN_IN)
    assert challenges.given(given.id, Ceremony.SIGN_IN) == given.value
    assert given.id.version == 7
    for number in (0, 2**128 - 1, given.id.int + (2 << 96)):
        with pytest.raises(ChallengeOver):
            challenges.given(UUID(int=number), Ceremony.SIGN_IN)
    other = UUID(int=given.id.int ^ 1)
    assert challenges.given(other, Ceremony.SIGN_IN) != given.value


async def test_a_challenge_of_a_clock_that_runs_ahead_is_known_for_a_minute(
    house: House, clock: SetClock
) -> None:
    challenges = Challenges(house.vault, clock)
    given = challenges.give(Ceremony.SIGN_IN)
    clock.advance(minutes=-1)
    assert challenges.given(given.id, Ceremony.SIGN_IN) == given.value
    clock.advance(milliseconds=-1)
    with pytest.raises(ChallengeOver):
        challenges.given(given.id, Ceremony.SIGN_IN)


@pytest.mark.parametrize("change", ["added", "deleted"])
async def test_a_device_that_ends_while_it_waits_changes_no_passkey(
    client: Client, clock: SetClock, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Whoever recovers the account holds it until all devices have ended."""
    await client.sign_up()
    await registered(client)
    (passkey,) = (await client.ask("GET", "/v1/passkeys")).json()["items"]
    started, lock = await begin(client), store_accounts.lock_account

    async def late(transaction: Transaction, account_id: UUID) -> StoredAccount | None:
        await revoke_all(transaction, account_id, clock())
        return await lock(transaction, account_id)

    monkeypatch.setattr(store_accounts, "lock_account", late)
    if change == "added":
        answer = await finish(client, started, Authenticator())
    else:
        answer = await client.ask("DELETE", f"/v1/passkeys/{passkey['id']}")
    assert code_of(answer) == (403, "step_up_required")
    assert (await client.ask("GET", "/v1/passkeys")).json()["items"] == [passkey]


async def test_a_passkey_that_is_deleted_while_it_is_shown_opens_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.sign_up()
    authenticator = await registered(client)
    account_id = (await client.house.caller(client.tokens["access_token"])).account_id
    (passkey,) = (await client.ask("GET", "/v1/passkeys")).json()["items"]
    use = Challenges.use

    async def late(challenges: Challenges, transaction: Transaction, challenge_id: UUID) -> bool:
        await drop_passkey(transaction, account_id, UUID(passkey["id"]))
        return await use(challenges, transaction, challenge_id)

    monkeypatch.setattr(Challenges, "use", late)
    assert code_of(await enter(client, authenticator)) == REFUSED
    assert (await events_of(client))[-1] == ("sign_in", "refused"), "no counter went back"


async def test_an_account_that_ends_while_its_passkey_is_shown_opens_nothing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.sign_up()
    authenticator = await registered(client)

    async def gone(_transaction: Transaction, _account_id: UUID) -> None:
        """It is not there any more."""

    monkeypatch.setattr(store_accounts, "lock_account", gone)
    assert code_of(await enter(client, authenticator)) == REFUSED


async def test_an_account_that_ends_while_its_password_is_compared_asks_for_no_passkey(
    client: Client, house: House, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.sign_up()
    await registered(client, require_passkey=True)
    account_id = (await house.caller(client.tokens["access_token"])).account_id
    verify = house.hasher.verify

    async def erased(transaction: Transaction) -> None:
        await forget_account(transaction, account_id)
        last = AuditEvent(
            clock(), Actor("service", "here"), "account.erased", "account", str(account_id)
        )
        await close_chain(transaction, account_id, last)

    async def slowly(secret: str, hashed: str | None) -> bool:
        fits = await verify(secret, hashed)
        await house.database.write(account_id, erased)
        return fits

    monkeypatch.setattr(house.hasher, "verify", slowly)
    assert code_of(await client.ask("POST", "/v1/tokens", client.sign_in())) == REFUSED
