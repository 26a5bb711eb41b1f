"""Signing in and proving again with the ID token of an external issuer, over HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from app.accounts import store_accounts
from app.accounts.external.id_tokens import IdTokens
from app.accounts.external.identity import Identity
from app.database import Transaction
from tests.accounts.client import Client, code_of, faults_in
from tests.accounts.external.issuer import DISCOVERY, KEYS, Issuer
from tests.accounts.external.issuer import told as answered
from tests.accounts.external.tokens import (
    AUDIENCE,
    NONCE,
    NOON,
    claims_of,
    signed,
)
from tests.accounts.external.visits import REFUSED, enter, prove
from tests.accounts.house import PASSWORD
from tests.accounts.passkeys.stories import enter as passkey_enters
from tests.accounts.passkeys.stories import finish
from tests.accounts.test_signing_in import LOCK
from tests.authenticator import Authenticator
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
YEAR = 366 * 24 * 3600


def test_the_clock_of_the_tests_shows_the_noon_of_the_tokens(clock: SetClock) -> None:
    assert clock() == datetime.fromtimestamp(NOON, UTC)


@pytest.mark.parametrize("kid", KEYS)
async def test_the_first_token_of_a_person_makes_an_account(
    visitor: Client, issuer: Issuer, kid: str
) -> None:
    claims = claims_of(issuer.url)
    first = await enter(visitor, signed(claims, kid), locale="de-AT")
    assert first.status_code == 200, first.text
    members = {"access_token", "refresh_token", "expires_in", "account_id", "device"}
    assert set(first.json()) == members
    second = await enter(visitor, signed(claims | {"iat": NOON + 1}, kid))
    assert second.status_code == 200, second.text
    visitor.tokens = second.json()
    devices = (await visitor.ask("GET", "/v1/devices")).json()["items"]
    assert {each["id"] for each in devices} == {
        first.json()["device"]["id"],
        second.json()["device"]["id"],
    }
    assert (await visitor.ask("GET", "/v1/profile")).json()["locale"] == "de-AT"
    assert second.json()["account_id"] == first.json()["account_id"]
    caller = await visitor.house.caller(visitor.tokens["access_token"])
    assert visitor.tokens["account_id"] == str(caller.account_id)
    told = [action for action, _, _ in await visitor.house.events(caller.account_id)]
    assert told == ["account.created", "device.signed_in"]


async def test_a_person_is_issuer_and_subject_and_never_an_address(
    visitor: Client, issuer: Issuer
) -> None:
    patient = await Client(visitor.http, visitor.house).sign_up()
    claimed = claims_of(issuer.url, email=patient.email, email_verified=True)
    entered = (await enter(visitor, signed(claimed))).json()
    caller = await visitor.house.caller(entered["access_token"])
    own = await visitor.house.caller(patient.tokens["access_token"])
    assert caller.account_id != own.account_id
    assert len(await visitor.house.mails_to(patient.email)) == 1  # the code of its own sign-up


async def test_an_external_account_has_no_password(visitor: Client, issuer: Issuer) -> None:
    visitor.tokens = (await enter(visitor, signed(claims_of(issuer.url)))).json()
    proof = {"method": "password", "password": PASSWORD}
    assert code_of(await visitor.ask("POST", "/v1/step-up", proof)) == REFUSED


async def test_an_external_account_has_a_passkey_but_demands_none(
    visitor: Client, issuer: Issuer
) -> None:
    who = claims_of(issuer.url)
    visitor.tokens = (await enter(visitor, signed(who))).json()
    assert (await prove(visitor, signed(who | {"auth_time": NOON}))).status_code == 200
    for demand, status in ((True, 422), (False, 201)):
        started = (await visitor.ask("POST", "/v1/passkeys/registration")).json()
        assert started["options"]["user"]["name"] == "Afterglow"
        authenticator = Authenticator()
        answer = await finish(visitor, started, authenticator, require_passkey=demand)
        assert answer.status_code == status, answer.text
        if demand:
            assert faults_in(answer) == [("no_way_back", "/require_passkey")]
    assert (await passkey_enters(visitor, authenticator)).status_code == 200


async def test_a_locked_account_answers_like_a_forged_token(
    visitor: Client, issuer: Issuer, clock: SetClock
) -> None:
    who = claims_of(issuer.url)
    entered = (await enter(visitor, signed(who))).json()
    account_id = (await visitor.house.caller(entered["access_token"])).account_id

    async def lock(transaction: Transaction) -> None:
        await transaction.execute(LOCK, {"account": account_id, "at": clock()})

    await visitor.house.database.write(account_id, lock)
    assert code_of(await enter(visitor, signed(who | {"iat": NOON - 1}))) == REFUSED
    assert (await visitor.house.events(account_id))[-1] == ("sign_in", str(account_id), "refused")


async def test_one_person_who_comes_twice_at_once_gets_one_account(
    visitor: Client, issuer: Issuer
) -> None:
    claims = claims_of(issuer.url)
    tokens = [signed(claims | {"iat": NOON - n}) for n in range(4)]
    answers = await asyncio.gather(*(enter(visitor, token) for token in tokens))
    assert [each.status_code for each in answers] == [200] * 4
    callers = [await visitor.house.caller(each.json()["access_token"]) for each in answers]
    assert len({each.account_id for each in callers}) == 1


async def test_a_token_is_taken_once_however_its_signature_is_written(
    visitor: Client, issuer: Issuer
) -> None:
    claims = claims_of(issuer.url)
    token = signed(claims)
    assert (await enter(visitor, token)).status_code == 200
    assert code_of(await enter(visitor, token)) == REFUSED
    head, body, _ = token.split(".")
    resigned = next(
        each for each in (signed(claims) for _ in range(9)) if each.startswith(f"{head}.{body}.")
    )
    assert resigned != token
    assert code_of(await enter(visitor, resigned)) == REFUSED


async def test_a_token_is_not_taken_where_there_was_no_room(
    visitor: Client, issuer: Issuer
) -> None:
    claims = claims_of(issuer.url)
    for number in range(10):
        assert (await enter(visitor, signed(claims | {"iat": NOON - number}))).status_code == 200
    token = signed(claims | {"iat": NOON + 1})
    assert code_of(await enter(visitor, token)) == (409, "device_limit_reached")
    assert (await enter(visitor, token, replace_oldest=True)).status_code == 200


async def test_several_audiences_are_taken_with_our_party(visitor: Client, issuer: Issuer) -> None:
    claims = claims_of(issuer.url, aud=[AUDIENCE, "else"], azp=AUDIENCE)
    assert (await enter(visitor, signed(claims))).status_code == 200


async def test_a_token_that_comes_again_is_told_to_the_patient(
    visitor: Client, issuer: Issuer
) -> None:
    token = signed(claims_of(issuer.url))
    visitor.tokens = (await enter(visitor, token)).json()
    assert code_of(await enter(visitor, token)) == REFUSED
    account_id = (await visitor.house.caller(visitor.tokens["access_token"])).account_id
    assert (await visitor.house.events(account_id))[-1] == ("sign_in", str(account_id), "refused")


async def test_what_issuers_say_at_most_and_at_least_is_taken(
    visitor: Client, issuer: Issuer
) -> None:
    good = [
        signed(claims_of(issuer.url, sub=f"{uuid4().hex:x<255}")),
        signed(claims_of(issuer.url, exp=NOON + YEAR)),
        signed(claims_of(issuer.url), typ=None),
    ]
    for token in good:
        assert (await enter(visitor, token)).status_code == 200


async def test_a_subject_of_another_issuer_is_another_person(
    visitor: Client, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = uuid4().hex
    people = {
        "one": ("https://id.example", f"b:{name}"),
        "another": ("https://other.example", f"b:{name}"),
        "alike when written together": ("https://id.example:b", name),
    }

    async def vouched(_: IdTokens, token: str, __: str) -> Identity:
        issuer, subject = list(people.values())[int(token)]
        return Identity(issuer, subject, uuid4().bytes, clock() + timedelta(minutes=5), None)

    monkeypatch.setattr(IdTokens, "identity", vouched)
    entered = [await enter(visitor, str(number)) for number in (0, 0, 1, 2)]
    callers = [await visitor.house.caller(each.json()["access_token"]) for each in entered]
    assert callers[0].account_id == callers[1].account_id
    assert len({each.account_id for each in callers}) == len(people)


async def test_an_account_that_ends_meanwhile_answers_like_a_forged_token(
    visitor: Client, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = claims_of(issuer.url)
    assert (await enter(visitor, signed(who))).status_code == 200

    async def gone(_transaction: Transaction, _account_id: object) -> None:
        """It is not there any more."""

    monkeypatch.setattr(store_accounts, "lock_account", gone)
    assert code_of(await enter(visitor, signed(who | {"iat": NOON - 1}))) == REFUSED


async def test_an_issuer_that_was_never_reached_refuses_nobody(
    visitor: Client, issuer: Issuer
) -> None:
    issuer.answers[DISCOVERY] = lambda: answered({}, 503)
    answer = await enter(visitor, signed(claims_of(issuer.url)))
    assert code_of(answer) == (503, "unavailable")
    assert answer.headers["retry-after"] == "60"


async def test_the_eleventh_device_needs_room(visitor: Client, issuer: Issuer) -> None:
    who = claims_of(issuer.url)
    tokens = [signed(who | {"iat": NOON - number}) for number in range(12)]
    for token in tokens[:10]:
        assert (await enter(visitor, token)).status_code == 200
    assert code_of(await enter(visitor, tokens[10])) == (409, "device_limit_reached")
    assert (await enter(visitor, tokens[11], replace_oldest=True)).status_code == 200


async def test_a_minute_of_leeway_and_no_more(
    visitor: Client, issuer: Issuer, clock: SetClock
) -> None:
    early, late = (signed(claims_of(issuer.url, exp=NOON)) for _ in range(2))
    clock.advance(seconds=59)
    assert (await enter(visitor, early)).status_code == 200
    clock.advance(seconds=1)
    assert code_of(await enter(visitor, late)) == REFUSED


async def test_without_an_issuer_every_token_is_refused(client: Client) -> None:
    token = signed(claims_of("https://issuer.test"))
    assert code_of(await enter(client, token)) == REFUSED
    await client.sign_up()
    assert code_of(await prove(client, token)) == REFUSED


async def test_a_fault_of_the_body_stands_where_it_was_sent(client: Client) -> None:
    body = {"method": "id_token", "id_token": "a b", "nonce": NONCE, "device": {}}
    faults = faults_in(await client.ask("POST", "/v1/tokens", body))
    assert ("unknown_value", "/id_token") in faults
    assert ("missing", "/device/name") in faults
