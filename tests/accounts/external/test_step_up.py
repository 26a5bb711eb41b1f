"""A recent sign-in at the external issuer is a fresh proof."""

import pytest

from tests.accounts.client import Client, code_of
from tests.accounts.external.issuer import Issuer
from tests.accounts.external.tokens import NOON, claims_of, signed
from tests.accounts.external.visits import REFUSED, enter, prove

pytestmark = pytest.mark.anyio


async def test_a_recent_sign_in_at_the_issuer_proves_again(visitor: Client, issuer: Issuer) -> None:
    who = claims_of(issuer.url)
    visitor.tokens = (await enter(visitor, signed(who))).json()
    token = signed(who | {"auth_time": NOON - 300})
    answer = await prove(visitor, token)
    assert (answer.status_code, answer.json()) == (200, {"valid_until": "2026-06-01T12:05:00Z"})
    bad = {
        "again": token,
        "none": signed(who | {"iat": NOON - 1}),
        "old": signed(who | {"auth_time": NOON - 301}),
        "another nonce": signed(who | {"auth_time": NOON, "nonce": "another nonce"}),
        "future": signed(who | {"auth_time": NOON + 61}),
        "no number": signed(who | {"auth_time": True}),
        "somebody else": signed(claims_of(issuer.url, auth_time=NOON)),
    }
    for name, each in bad.items():
        assert code_of(await prove(visitor, each)) == REFUSED, name
    caller = await visitor.house.caller(visitor.tokens["access_token"])
    told = [(what, how) for what, _, how in await visitor.house.events(caller.account_id)]
    assert told[1:] == [("step_up", "done"), *[("step_up", "refused")] * len(bad)]


async def test_the_clock_of_the_issuer_may_run_a_minute_ahead(
    visitor: Client, issuer: Issuer
) -> None:
    who = claims_of(issuer.url)
    visitor.tokens = (await enter(visitor, signed(who))).json()
    assert (await prove(visitor, signed(who | {"auth_time": NOON + 60}))).status_code == 200


async def test_an_account_of_an_address_is_not_proven_by_a_token(
    visitor: Client, issuer: Issuer
) -> None:
    await visitor.sign_up()
    token = signed(claims_of(issuer.url, auth_time=NOON, email=visitor.email))
    assert code_of(await prove(visitor, token)) == REFUSED
