"""What a recovery takes away, what it brings, and what it leaves as it was."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app.accounts.issuing import Start
from app.accounts.recovery import HOLD, require_no_hold
from app.accounts.refusals import (
    CodeRefused,
    CredentialsRefused,
    PasskeyRequired,
    RecoveryHold,
    RefreshRefused,
)
from app.accounts.registration import RECOVERY_CODES, NewAccount
from app.accounts.store_accounts import require_passkey
from app.accounts.tokens import TokenKind, mint
from app.database import Transaction
from app.web.identity import SignedIn
from app.web.problems import InvalidRequest, TokenInvalid
from tests.accounts.house import House, an_address
from tests.accounts.test_recovery import NEW_PASSWORD
from tests.accounts.test_recovery_writes import asked_for
from tests.accounts.test_signing_in import LOCK
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio


def account_of(start: Start) -> UUID:
    return start.device.account_id


async def demanding(house: House, address: str) -> NewAccount:
    """An account that demands a passkey."""
    made = await house.sign_up(address)
    account_id, since = account_of(made.start), house.equipment.clock()
    await house.database.write(
        account_id, lambda transaction: require_passkey(transaction, account_id, since)
    )
    return made


async def is_held(house: House, caller: SignedIn, clock: SetClock) -> bool:
    try:
        await house.database.read(
            caller.account_id, lambda transaction: require_no_hold(transaction, caller, clock())
        )
    except RecoveryHold:
        return True
    return False


async def test_the_new_password_is_in_force_and_every_other_device_is_out(house: House) -> None:
    address = an_address()
    before = (await house.sign_up(address)).start
    back = (await house.accounts.recovery.finish(await asked_for(house, address))).start
    with pytest.raises(TokenInvalid):
        await house.caller(before.pair.access_token)
    with pytest.raises(RefreshRefused):
        await house.refresh(before.pair.refresh_token)
    assert (await house.caller(back.pair.access_token)).account_id == account_of(before)
    with pytest.raises(CredentialsRefused):
        await house.sign_in(address)
    assert account_of(await house.sign_in(address, NEW_PASSWORD)) == account_of(before)


async def test_ten_new_recovery_codes_serve_and_no_old_one(house: House) -> None:
    address, finish = an_address(), house.accounts.recovery.finish
    old = (await demanding(house, address)).recovery_codes
    coming = replace(await asked_for(house, address), recovery_code=old[0])
    new = (await finish(coming)).recovery_codes
    assert len(set(new)) == RECOVERY_CODES
    coming = await asked_for(house, address)
    with pytest.raises(CodeRefused):
        await finish(replace(coming, recovery_code=old[1]))
    assert await finish(replace(coming, recovery_code=new[1]))


async def test_a_recovery_code_lifts_the_demand_for_a_passkey_and_the_mailbox_alone_does_not(
    house: House,
) -> None:
    address, finish = an_address(), house.accounts.recovery.finish
    made = await demanding(house, address)
    coming = await asked_for(house, address)
    with pytest.raises(PasskeyRequired) as refused:
        await finish(coming)
    assert refused.value.account_id == account_of(made.start)
    await finish(replace(coming, recovery_code=made.recovery_codes[3]))
    assert await house.sign_in(address, NEW_PASSWORD), "nothing more is demanded"


@pytest.mark.parametrize("kind", ["malformed", "of nobody"])
async def test_a_wrong_recovery_code_is_told_to_the_account_and_changes_nothing(
    house: House, kind: str
) -> None:
    address = an_address()
    before = (await house.sign_up(address)).start
    wrong = "agv_" if kind == "malformed" else mint(TokenKind.RECOVERY)
    coming = replace(await asked_for(house, address), recovery_code=wrong)
    with pytest.raises(CodeRefused) as refused:
        await house.accounts.recovery.finish(coming)
    assert refused.value.account_id == account_of(before)
    assert await house.caller(before.pair.access_token)
    assert await house.sign_in(address)


async def test_a_locked_account_is_told_who_tried_to_come_back(
    house: House, clock: SetClock
) -> None:
    address = an_address()
    account_id = account_of((await house.sign_up(address)).start)
    coming = await asked_for(house, address)

    async def lock(transaction: Transaction) -> None:
        await transaction.execute(LOCK, {"account": account_id, "at": clock()})

    await house.database.write(account_id, lock)
    with pytest.raises(CodeRefused) as refused:
        await house.accounts.recovery.finish(coming)
    assert refused.value.account_id == account_id


async def test_a_poor_password_is_told_by_the_member_it_came_in(house: House) -> None:
    address = f"marigold.kettledrum{uuid4().hex[:4]}@example.org"
    await house.sign_up(address)
    coming = await asked_for(house, address)
    for poor in ("short", f"x7 {address.partition('@')[0]} q"):
        with pytest.raises(InvalidRequest) as refused:
            await house.accounts.recovery.finish(replace(coming, new_password=poor))
        assert {each.pointer for each in refused.value.faults} == {"/new_password"}


async def test_an_address_without_an_account_gets_the_same_answer_and_no_mail(
    house: House,
) -> None:
    known, unknown = an_address(), an_address()
    await house.sign_up(known)
    for address, mails in ((known, 2), (unknown, 0)):
        assert (await house.accounts.recovery.start(address)).expires_in == 600
        assert len(await house.mails_to(address)) == mails


async def test_an_account_is_held_for_a_day_to_the_microsecond(
    house: House, clock: SetClock
) -> None:
    address = an_address()
    caller = await house.caller((await house.sign_up(address)).start.pair.access_token)
    assert not await is_held(house, caller, clock)
    await house.accounts.recovery.finish(await asked_for(house, address))
    moment = timedelta(microseconds=1)
    for passed, held in ((timedelta(0), True), (HOLD - moment, True), (moment, False)):
        clock.now += passed
        assert await is_held(house, caller, clock) is held
