"""A way in that was refused is noted for the patient, once the answer is out."""

import json
from uuid import UUID, uuid4

import pytest
from starlette.requests import Request
from starlette.responses import Response

from app.accounts import attempts
from app.accounts.refusals import CredentialsRefused, WayRefused
from tests.accounts.house import House, an_address

pytestmark = pytest.mark.anyio


async def answer_to(house: House, refusal: WayRefused) -> Response:
    """The answer to whoever did not get in."""

    async def way() -> Response:
        raise refusal

    request = Request({"type": "http", "method": "POST", "path": "/", "headers": []})
    return await house.accounts.attempts.answered(request, "sign_in", way())


async def refused(house: House, account_id: UUID | None) -> Response:
    """The answer to whoever did not get into this account."""
    refusal = CredentialsRefused()
    return await answer_to(house, refusal.about(account_id) if account_id else refusal)


async def test_it_stands_in_the_chain_after_the_answer_and_not_before(house: House) -> None:
    """So the time until the answer does not tell whether there is an account."""
    account_id = (await house.sign_up()).start.device.account_id
    answer = await refused(house, account_id)
    assert [action for action, _, _ in await house.events(account_id)] == ["account.created"]
    assert answer.background is not None
    await answer.background()
    assert (await house.events(account_id))[-1] == ("sign_in", str(account_id), "refused")
    told = json.loads(bytes(answer.body))
    assert (answer.status_code, told["code"]) == (401, "credentials_refused")
    assert await house.newest_event_is_of(account_id) == (
        "service",
        "",
        told["request_id"],
        "account",
    )


async def test_where_only_an_address_is_known_its_account_is_told(house: House) -> None:
    address = an_address()
    account_id = (await house.sign_up(address)).start.device.account_id
    index = house.equipment.address_index(address)
    answer = await answer_to(house, CredentialsRefused().about_address(index))
    assert answer.background is not None
    await answer.background()
    assert (await house.events(account_id))[-1] == ("sign_in", str(account_id), "refused")


async def test_an_address_without_an_account_is_told_nothing(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    index = house.equipment.address_index(an_address())
    answer = await answer_to(house, CredentialsRefused().about_address(index))
    assert answer.background is not None
    await answer.background()
    assert [each for each in caplog.records if each.name == attempts.__name__] == []


async def test_where_nobody_is_known_nothing_follows_the_answer(house: House) -> None:
    assert (await refused(house, None)).background is None


async def test_what_cannot_be_noted_is_logged_without_a_word_of_whose_it_was(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await refused(house, uuid4())
    assert answer.background is not None
    await answer.background()
    (told,) = [each.getMessage() for each in caplog.records if each.name == attempts.__name__]
    assert told == "a refused way in was not noted: ChainMissing"
