"""What happens at once, at the limits, and when a clock jumps."""

import asyncio
from uuid import UUID

import pytest

from app.accounts.passkeys import ceremonies, passkeys
from app.accounts.passkeys.ceremonies import Ceremony, ChallengeOver, Challenges, use_once
from app.accounts.store_accounts import require_passkey
from app.database import Database, Transaction
from tests.accounts.client import Client, code_of, faults_in
from tests.accounts.house import House
from tests.accounts.passkeys.stories import begin, challenged, enter, finish, registered
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
