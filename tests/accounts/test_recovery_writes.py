"""A recovery between code and write, and what it leaves in chain and mail."""

import secrets
from uuid import UUID

import pytest

from app.accounts import store_accounts
from app.accounts.codes import MailedCodes
from app.accounts.recovery import Return
from app.accounts.refusals import CodeRefused
from app.accounts.store_accounts import StoredAccount
from app.database import Transaction
from tests.accounts.house import PHONE, House, an_address
from tests.accounts.test_recovery import NEW_PASSWORD
from tests.accounts.test_signing_in import LOCK
from tests.clocks import SetClock
from tests.service import PASSWORD

pytestmark = pytest.mark.anyio


async def asked_for(house: House, address: str) -> Return:
    """Somebody who comes back with the code that was mailed."""
    asked = await house.accounts.recovery.start(address)
    code = await house.code_for(address)
    return Return(asked.request_id, code, NEW_PASSWORD, PHONE, "request")


@pytest.mark.parametrize("change", ["a lock", "its end"])
async def test_what_happens_to_an_account_between_code_and_write_counts(
    house: House, clock: SetClock, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    address = an_address()
    await house.sign_up(address)
    coming = await asked_for(house, address)
    lock = store_accounts.lock_account

    async def late(transaction: Transaction, account_id: UUID) -> StoredAccount | None:
        if change == "its end":
            return None
        await transaction.execute(LOCK, {"account": account_id, "at": clock()})
        return await lock(transaction, account_id)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(store_accounts, "lock_account", late)
        with pytest.raises(CodeRefused):
            await house.accounts.recovery.finish(coming)
    assert await house.sign_in(address), "nothing was changed"
    assert await house.accounts.recovery.finish(coming), "and the code serves as before"


async def test_an_account_is_taken_before_its_code_as_whoever_erases_it_does(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In another order each would wait for the other, until the database ends one of them."""
    address = an_address()
    await house.sign_up(address)
    coming = await asked_for(house, address)
    lock, use = store_accounts.lock_account, MailedCodes.use
    taken: list[str] = []

    async def noted_lock(transaction: Transaction, account_id: UUID) -> StoredAccount | None:
        taken.append("account")
        return await lock(transaction, account_id)

    async def noted_use(codes: MailedCodes, transaction: Transaction, request_id: UUID) -> None:
        taken.append("code")
        await use(codes, transaction, request_id)

    monkeypatch.setattr(store_accounts, "lock_account", noted_lock)
    monkeypatch.setattr(MailedCodes, "use", noted_use)
    await house.accounts.recovery.finish(coming)
    assert taken == ["account", "code"]


async def test_a_guessed_code_of_an_address_without_an_account_opens_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent to nobody, but whoever tries may hit it."""
    with monkeypatch.context() as drawn:
        drawn.setattr(secrets, "randbelow", lambda _: 7)
        asked = await house.accounts.recovery.start(an_address())
    guess = Return(asked.request_id, "00000007", NEW_PASSWORD, PHONE, "request")
    with pytest.raises(CodeRefused):
        await house.accounts.recovery.finish(guess)


async def test_a_code_comes_in_english_and_the_news_in_the_patients_language(house: House) -> None:
    """Whose language it is, is not known of an address without an account."""
    address, registration = an_address(), house.accounts.registration
    asked = await registration.register(address, PASSWORD, "de", "here")
    code = await house.code_for(address)
    await registration.verify(asked.request_id, code, PHONE, "request")
    await house.accounts.recovery.finish(await asked_for(house, address))
    subjects = [mail["Subject"] for mail in await house.mails_to(address)]
    assert subjects == ["Ihr Code", "Your code", "Ihr Passwort wurde geändert"]


async def test_chain_and_mail_tell_which_device_came_back_and_when(
    house: House, clock: SetClock
) -> None:
    address = an_address()
    account_id = (await house.sign_up(address)).start.device.account_id
    clock.advance(hours=1)
    back = (await house.accounts.recovery.finish(await asked_for(house, address))).start
    assert back.device.account_id == account_id
    assert (await house.events(account_id))[-1] == ("account.recovered", str(account_id), "done")
    assert await house.newest_event_is_of(account_id) == (
        "device",
        str(back.device.id),
        "request",
        "account",
    )
    code, told = (await house.mails_to(address))[-2:]
    assert "10 minutes" in code.get_content()
    assert "2026-06-01 13:00" in told.get_content()
