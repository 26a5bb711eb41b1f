"""A mailed code works once, for ten minutes, with five tries, and only the newest."""

import asyncio
import secrets
from pathlib import Path

import pytest
from sqlalchemy import bindparam, select

from app.accounts import store_mail
from app.accounts.accounts import Accounts
from app.accounts.codes import TRIES, MailedCodes, forget_ended_codes
from app.accounts.hashing_places import RUNNING, WAITING
from app.accounts.refusals import BusyHashing, CodeRefused
from app.accounts.store_mail import CODE, PendingCode
from app.database import Database
from app.vault import Place
from tests.accounts.crowds import crowd
from tests.accounts.house import PASSWORD, House, an_address
from tests.clocks import SetClock
from tests.journal.broken_rows import flipped
from tests.service import running
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.anyio
REQUESTS = select(CODE.c.request_id).where(CODE.c.email_index == bindparam("email_index"))
PURPOSES = select(CODE.c.purpose).where(CODE.c.email_index == bindparam("email_index"))


async def kept(house: House, codes: MailedCodes, address: str) -> tuple[PendingCode, str]:
    """A code that waits in the database."""
    code, digits = await codes.draw(address, b"payload", house.equipment.clock())
    await house.database.write(None, lambda work: store_mail.replace_code(work, code))
    return code, digits


async def use(house: House, codes: MailedCodes, code: PendingCode) -> None:
    await house.database.write(None, lambda work: codes.use(work, code.request_id))


async def waits(database: Database, email_index: bytes) -> bool:
    """Whether a code for this address lies in the database."""
    bound = {"email_index": email_index}
    return await database.read(None, lambda work: work.fetch_one(REQUESTS, bound)) is not None


def other_than(digits: str) -> str:
    return f"{(int(digits) + 1) % 10**8:08}"


async def test_the_right_code_gives_back_what_waited_for_it(house: House) -> None:
    codes = MailedCodes(house.equipment, "sign_up")
    code, digits = await kept(house, codes, an_address())
    assert len(digits) == 8
    assert digits.isdecimal()
    assert await codes.check(code.request_id, digits) == b"payload"


async def test_codes_are_drawn_from_all_numbers_of_eight_digits(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = MailedCodes(house.equipment, "sign_up")
    for drawn, digits in ((lambda below: below - 1, "99999999"), (lambda _: 7, "00000007")):
        monkeypatch.setattr(secrets, "randbelow", drawn)
        assert (await codes.draw(an_address(), b"", house.equipment.clock()))[1] == digits


async def test_a_code_is_used_once(house: House) -> None:
    codes = MailedCodes(house.equipment, "sign_up")
    code, digits = await kept(house, codes, an_address())
    await use(house, codes, code)
    with pytest.raises(CodeRefused):
        await use(house, codes, code)
    with pytest.raises(CodeRefused):
        await codes.check(code.request_id, digits)


async def test_the_fifth_try_may_be_right_and_the_sixth_may_not(house: House) -> None:
    codes = MailedCodes(house.equipment, "sign_up")
    for wrong_tries, works in ((4, True), (5, False)):
        code, digits = await kept(house, codes, an_address())
        for _ in range(wrong_tries):
            with pytest.raises(CodeRefused):
                await codes.check(code.request_id, other_than(digits))
        if works:
            assert await codes.check(code.request_id, digits) == b"payload"
        else:
            with pytest.raises(CodeRefused):
                await codes.check(code.request_id, digits)


async def test_parallel_guesses_get_five_tries_together(house: House) -> None:
    codes = MailedCodes(house.equipment, "sign_up")
    code, digits = await kept(house, codes, an_address())
    guesses = [other_than(digits)] * 3 + [digits] * 7
    answers = await asyncio.gather(
        *(codes.check(code.request_id, guess) for guess in guesses), return_exceptions=True
    )
    assert 2 <= answers.count(b"payload") <= 5
    assert sum(isinstance(answer, CodeRefused) for answer in answers) == 10 - answers.count(
        b"payload"
    )


async def test_a_code_ends_after_ten_minutes_and_no_clock_brings_it_back(
    house: House, clock: SetClock
) -> None:
    codes = MailedCodes(house.equipment, "sign_up")
    code, digits = await kept(house, codes, an_address())
    clock.advance(minutes=9, seconds=59)
    assert await codes.check(code.request_id, digits)
    clock.advance(seconds=1)
    with pytest.raises(CodeRefused):
        await codes.check(code.request_id, digits)
    clock.advance(minutes=-9)
    with pytest.raises(CodeRefused):
        await codes.check(code.request_id, digits)


async def test_a_code_of_a_clock_that_ran_ahead_ends_with_its_correction(
    house: House, clock: SetClock
) -> None:
    codes = MailedCodes(house.equipment, "sign_up")
    clock.advance(hours=1)
    code, digits = await kept(house, codes, an_address())
    clock.advance(hours=-1)
    with pytest.raises(CodeRefused):
        await codes.check(code.request_id, digits)


async def test_only_the_newest_code_of_an_address_works(house: House) -> None:
    codes = MailedCodes(house.equipment, "sign_up")
    address = an_address()
    former, former_digits = await kept(house, codes, address)
    newest, newest_digits = await kept(house, codes, address.upper())
    with pytest.raises(CodeRefused):
        await codes.check(former.request_id, former_digits)
    assert await codes.check(newest.request_id, newest_digits)


async def test_a_code_of_one_purpose_serves_no_other(house: House) -> None:
    sign_up = MailedCodes(house.equipment, "sign_up")
    recovery = MailedCodes(house.equipment, "recovery")
    address = an_address()
    code, digits = await kept(house, sign_up, address)
    await kept(house, recovery, address)
    with pytest.raises(CodeRefused):
        await recovery.check(code.request_id, digits)
    assert await sign_up.check(code.request_id, digits)


async def test_a_crowd_that_hashes_burns_no_try(house: House) -> None:
    codes = MailedCodes(house.equipment, "sign_up")
    code, digits = await kept(house, codes, an_address())
    async with crowd(house.hasher, RUNNING + WAITING):
        for _ in range(TRIES):
            with pytest.raises(BusyHashing):
                await codes.check(code.request_id, digits)
    assert await codes.check(code.request_id, digits) == b"payload"


async def test_a_wrong_code_tells_the_watch_whose_it_was(house: House) -> None:
    codes, address = MailedCodes(house.equipment, "sign_up"), an_address()
    code, digits = await kept(house, codes, address)
    with pytest.raises(CodeRefused) as refused:
        await codes.check(code.request_id, other_than(digits))
    assert refused.value.email_index == code.email_index == house.equipment.address_index(address)


async def test_what_waits_is_sealed_for_its_own_code_alone(house: House) -> None:
    codes = MailedCodes(house.equipment, "sign_up")
    code, _ = await kept(house, codes, an_address())
    place = Place("pending_code", "sign_up", None, str(code.request_id))
    assert house.vault.open(place, code.sealed) == b"payload"


async def test_a_code_whose_content_does_not_open_serves_no_more_than_a_wrong_one(
    house: House,
) -> None:
    codes = MailedCodes(house.equipment, "sign_up")
    code, digits = await codes.draw(an_address(), b"payload", house.equipment.clock())
    spoilt = code._replace(sealed=flipped(code.sealed))
    await house.database.write(None, lambda work: store_mail.replace_code(work, spoilt))
    with pytest.raises(CodeRefused):
        await codes.check(code.request_id, digits)


async def test_a_code_that_waits_is_stored_by_the_name_of_its_purpose(house: House) -> None:
    """It outlives an update of the service, so the names stay as they are."""
    address = an_address()
    await house.accounts.registration.register(address, PASSWORD, "en", "here")
    await house.accounts.recovery.start(address)
    bound = {"email_index": house.equipment.address_index(address)}
    rows = await house.database.read(None, lambda work: work.fetch(PURPOSES, bound))
    assert {row[0] for row in rows} == {"sign_up", "recovery"}


async def test_a_code_that_nobody_used_is_forgotten_a_day_after_its_end(
    house: House, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_mail, "MOST_CODES_IN_ONE_GO", 2)
    clock.advance(microseconds=7)  # no other test has left a code of this moment
    codes = MailedCodes(house.equipment, "sign_up")
    old = [(await kept(house, codes, an_address()))[0].email_index for _ in range(3)]
    clock.advance(microseconds=1)
    young = (await kept(house, codes, an_address()))[0].email_index
    clock.advance(days=1, minutes=10, microseconds=-2)
    await forget_ended_codes(house.database, clock)
    assert [await waits(house.database, each) for each in (*old, young)] == [True] * 4
    clock.advance(microseconds=1)
    assert await forget_ended_codes(house.database, clock) == len(old)
    assert [await waits(house.database, each) for each in (*old, young)] == [False] * 3 + [True]


async def test_the_service_forgets_codes_that_ended_by_itself(
    own_url: str, tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.audit.duty.LOOK_SECONDS", 0.01)
    async with running(own_url, tmp_path, clock) as service:
        asked = {"email": an_address()}
        assert (await service.http.post("/v1/accounts/recovery", json=asked)).status_code == 202
        equipment = service.app.state.provided[Accounts].recovery._equipment
        index = equipment.address_index(asked["email"])
        assert await waits(equipment.database, index)
        clock.advance(days=1, minutes=10)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await waits(equipment.database, index):
                await asyncio.sleep(0.005)
