"""Signing up makes nothing before the address is shown to be the patient's."""

import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, func, select

from app.accounts.refusals import CodeRefused
from app.accounts.store_accounts import RECOVERY_CODE, find_account
from app.accounts.store_mail import CODE
from app.accounts.tokens import TokenKind, fingerprint
from app.database import Database, Transaction
from app.journal.store import HEAD, MAKE
from app.web.problems import InvalidRequest
from tests.accounts.house import PASSWORD, PHONE, House, an_address
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
CODES_OF = select(RECOVERY_CODE.c.code_hash).where(
    RECOVERY_CODE.c.account_id == bindparam("account")
)
WAITING = (
    select(func.count()).select_from(CODE).where(CODE.c.email_index == bindparam("email_index"))
)


async def knows(house: House, address: str) -> bool:
    index = house.equipment.address_index(address)
    return await house.database.read(None, lambda work: find_account(work, index)) is not None


async def register(house: House, address: str) -> UUID:
    asked = await house.accounts.registration.register(address, PASSWORD, "en", "here")
    assert asked.expires_in == 600
    return asked.request_id


def verify(house: House, request_id: UUID, code: str) -> Awaitable[object]:
    return house.accounts.registration.verify(request_id, code, PHONE, "request")


async def test_the_account_is_there_after_the_code_and_not_before(house: House) -> None:
    address = an_address()
    request_id = await register(house, address)
    assert not await knows(house, address)
    account = await house.accounts.registration.verify(
        request_id, await house.code_for(address), PHONE, "request"
    )
    assert await knows(house, address)
    caller = await house.caller(account.start.pair.access_token)
    assert caller.account_id == account.start.device.account_id
    assert await house.events(caller.account_id) == [
        ("account.created", str(caller.account_id), "done")
    ]
    profile = await house.accounts.profiles.get(caller.account_id)
    assert (profile.revision, profile.content.locale) == (1, "en")


async def test_ten_recovery_codes_are_shown_and_only_their_hashes_kept(house: House) -> None:
    account = await house.sign_up()
    account_id = account.start.device.account_id

    async def read(transaction: Transaction) -> set[bytes]:
        rows = await transaction.fetch(CODES_OF, {"account": account_id})
        return {bytes(row[0]) for row in rows}

    shown = {fingerprint(TokenKind.RECOVERY, code) for code in account.recovery_codes}
    assert len(shown) == 10
    assert await house.database.read(account_id, read) == shown


async def test_a_known_address_is_told_by_mail_alone(house: House) -> None:
    address = an_address()
    await house.sign_up(address)
    before = len(await house.mails_to(address))
    await register(house, address)
    (mail,) = (await house.mails_to(address))[before:]
    assert mail["Subject"] == "You already have an account"
    assert "Code:" not in mail.get_content()


async def waiting(house: House, address: str) -> int:
    index = {"email_index": house.equipment.address_index(address)}

    async def read(transaction: Transaction) -> int:
        row = await transaction.fetch_one(WAITING, index)
        return 0 if row is None else int(row[0])

    return await house.database.read(None, read)


async def test_known_and_unknown_addresses_leave_the_same_rows(house: House) -> None:
    known, unknown = an_address(), an_address()
    await house.sign_up(known)
    assert await waiting(house, known) == 0, "what waited went with the code"
    for address in (known, unknown):
        await register(house, address)
        assert await waiting(house, address) == 1


async def test_a_code_that_was_overtaken_by_an_account_is_refused(house: House) -> None:
    address = an_address()
    request_id = await register(house, address)
    code = await house.code_for(address)
    await house.accounts.registration.verify(request_id, code, PHONE, "request")
    with pytest.raises(CodeRefused):
        await verify(house, request_id, code)


async def test_a_guessed_code_of_a_known_address_makes_no_second_account(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent to nobody, but whoever tries may hit it."""
    address = an_address()
    account_id = (await house.sign_up(address)).start.device.account_id
    with monkeypatch.context() as drawn:
        drawn.setattr(secrets, "randbelow", lambda _: 7)
        request_id = await register(house, address)
    with pytest.raises(CodeRefused):
        await verify(house, request_id, "00000007")
    assert (await house.sign_in(address)).device.account_id == account_id


@pytest.mark.parametrize("code", ["00000000", "99999999"])
async def test_a_wrong_code_or_request_is_refused_alike(house: House, code: str) -> None:
    address = an_address()
    request_id = await register(house, address)
    right = await house.code_for(address)
    with pytest.raises(CodeRefused):
        await verify(house, uuid4(), right)
    if code != right:
        with pytest.raises(CodeRefused):
            await verify(house, request_id, code)
    assert not await knows(house, address)


async def test_a_password_that_breaks_rules_leaves_nothing(house: House) -> None:
    address = an_address()
    with pytest.raises(InvalidRequest) as refused:
        await house.accounts.registration.register(address, "short", "en", "here")
    assert [(f.code, f.pointer) for f in refused.value.faults] == [
        ("password_too_short", "/password")
    ]
    assert await house.mails_to(address) == []


async def test_mail_speaks_the_language_of_the_request(house: House) -> None:
    address = an_address()
    await house.accounts.registration.register(address, PASSWORD, "de-AT", "here")
    (mail,) = await house.mails_to(address)
    assert mail["Subject"] == "Ihr Code"


def failing() -> Callable[[Transaction, UUID], Awaitable[None]]:
    async def fail(_transaction: Transaction, _account_id: UUID) -> None:
        raise LookupError

    return fail


async def test_other_rooms_join_the_transaction_that_makes_an_account(
    database: Database, clock: SetClock, tmp_path: Path
) -> None:
    async def make_journal(transaction: Transaction, account_id: UUID) -> None:
        await transaction.execute(MAKE, {"account_id": account_id, "epoch": 0, "head": 1})

    house = House(database, clock, tmp_path, [make_journal])
    account_id = (await house.sign_up()).start.device.account_id
    head = await database.read(
        account_id, lambda work: work.fetch_one(HEAD, {"account": account_id})
    )
    assert head is not None
    assert tuple(head) == (0, 1)


async def test_a_room_that_fails_undoes_the_account_and_the_code_still_works(
    database: Database, clock: SetClock, tmp_path: Path
) -> None:
    house = House(database, clock, tmp_path, [failing()])
    address = an_address()
    request_id = await register(house, address)
    code = await house.code_for(address)
    with pytest.raises(LookupError):
        await verify(house, request_id, code)
    assert not await knows(house, address)
    sound = House(database, clock, tmp_path)
    await sound.accounts.registration.verify(request_id, code, PHONE, "request")
    assert await knows(house, address)


async def test_the_chain_begins_with_the_first_device_and_its_request(house: House) -> None:
    device = (await house.sign_up()).start.device
    assert await house.newest_event_is_of(device.account_id) == (
        "device",
        str(device.id),
        "request",
        "account",
    )


async def test_the_mail_tells_how_long_its_code_works(house: House) -> None:
    address = an_address()
    await register(house, address)
    (mail,) = await house.mails_to(address)
    assert "for 10 minutes." in mail.get_content()
