"""A way in that was refused is noted for the patient, once the answer is out."""

from uuid import UUID, uuid4

import pytest
from starlette.requests import Request
from starlette.responses import Response

from app.accounts import attempts
from app.accounts.refusals import CredentialsRefused
from tests.accounts.house import House

pytestmark = pytest.mark.anyio


async def refused(house: House, account_id: UUID | None) -> Response:
    """The answer to whoever did not get into this account."""

    async def way() -> Response:
        refusal = CredentialsRefused()
        raise refusal.about(account_id) if account_id else refusal

    request = Request({"type": "http", "method": "POST", "path": "/", "headers": []})
    return await house.accounts.attempts.answered(request, "sign_in", way())


async def test_it_stands_in_the_chain_after_the_answer_and_not_before(house: House) -> None:
    """So the time until the answer does not tell whether there is an account."""
    account_id = (await house.sign_up()).start.device.account_id
    answer = await refused(house, account_id)
    assert [action for action, _, _ in await house.events(account_id)] == ["account.created"]
    assert answer.background is not None
    await answer.background()
    assert (await house.events(account_id))[-1] == ("sign_in", str(account_id), "refused")
    actor, name, _, kind = await house.newest_event_is_of(account_id)
    assert (actor, name, kind) == ("service", "", "account")


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
