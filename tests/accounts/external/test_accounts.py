"""What is made for somebody of an external issuer, how it is found again, and what is told."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select

from app.accounts.passkeys import ceremonies
from app.accounts.store_accounts import find_account
from app.accounts.store_mail import OUTBOX
from tests.accounts.client import Client
from tests.accounts.external.issuer import Issuer
from tests.accounts.external.tokens import NOON, claims_of, signed
from tests.accounts.external.visits import enter
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
WAITING = select(func.count()).select_from(OUTBOX)


async def account_of(visitor: Client, answer: httpx.Response) -> UUID:
    return (await visitor.house.caller(answer.json()["access_token"])).account_id


async def test_the_chain_begins_with_the_device_that_came_and_its_request(
    visitor: Client, issuer: Issuer
) -> None:
    who = claims_of(issuer.url)
    answer = await enter(visitor, signed(who))
    account_id, device = await account_of(visitor, answer), answer.json()["device"]["id"]
    request_id = answer.headers["x-request-id"]
    told = ("account.created", str(account_id), "done")
    assert await visitor.house.events(account_id) == [told]
    by_device = ("device", device, request_id, "account")
    assert await visitor.house.newest_event_is_of(account_id) == by_device
    again = await enter(visitor, signed(who | {"iat": NOON - 1}))
    by_device = ("device", again.json()["device"]["id"], again.headers["x-request-id"], "device")
    assert await visitor.house.newest_event_is_of(account_id) == by_device


async def test_a_device_is_called_what_it_calls_itself(visitor: Client, issuer: Issuer) -> None:
    tablet = {"name": "Tablet", "platform": "iPadOS 27"}
    answer = await enter(visitor, signed(claims_of(issuer.url)), device=tablet)
    assert tablet.items() <= answer.json()["device"].items()


async def test_nobody_is_written_to_who_gave_no_address(visitor: Client, issuer: Issuer) -> None:
    async def waiting() -> int:
        rows = await visitor.house.database.read(None, lambda work: work.fetch(WAITING))
        return int(rows[0][0])

    who, before = claims_of(issuer.url), await waiting()
    for number in range(2):
        token = signed(who | {"iat": NOON - number})
        assert (await enter(visitor, token)).status_code == 200
    assert await waiting() == before


async def test_an_account_is_found_by_issuer_and_subject_as_it_always_was(
    visitor: Client, issuer: Issuer
) -> None:
    """What was stored outlives an update of the service."""
    who = claims_of(issuer.url)
    account_id = await account_of(visitor, await enter(visitor, signed(who)))
    told = f"{len(issuer.url)}:{issuer.url}:{who['sub']}"
    index = visitor.house.vault.blind_index("external_identity", told)
    found = await visitor.house.database.read(None, lambda work: find_account(work, index))
    assert found is not None
    assert found.account_id == account_id


async def test_a_token_is_remembered_a_day_beyond_its_last_second(
    visitor: Client, issuer: Issuer, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So a clock that is set back revives none."""
    token, noon = signed(claims_of(issuer.url)), clock.now
    assert (await enter(visitor, token)).status_code == 200
    monkeypatch.setattr(ceremonies, "SWEEPS_ONE_IN", 1)
    for hours, minutes, seconds, status in ((24, 6, -1, 401), (24, 6, 0, 200)):
        clock.now = noon
        clock.advance(hours=hours, minutes=minutes, seconds=seconds)
        later = signed(claims_of(issuer.url, exp=NOON + 3 * 24 * 3600))
        assert (await enter(visitor, later)).status_code == 200
        clock.now = noon
        assert (await enter(visitor, token)).status_code == status
