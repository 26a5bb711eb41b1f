"""The keys of the issuer: fetched when unknown, and kept in its absence."""

import asyncio
from threading import Event

import pytest

from app.accounts.external.fetching import Fetcher
from app.accounts.external.keys import IssuerKeys, IssuerUnreachable
from tests.accounts.external.conftest import is_loopback
from tests.accounts.external.issuer import (
    DISCOVERY,
    HOST,
    KEYS,
    Answer,
    Issuer,
    Json,
    new_keys,
    public,
    told,
)
from tests.clocks import SetClock
from tests.waiting import PATIENCE_SECONDS, until

pytestmark = pytest.mark.anyio


async def test_keys_are_fetched_once_and_known_then(issuer: Issuer, keys: IssuerKeys) -> None:
    found = await asyncio.gather(*(keys.key("ec", "ES256") for _ in range(5)))
    assert all(found)
    assert await keys.key("rsa", "RS256")
    assert issuer.asked == [DISCOVERY, "/keys"]


async def test_an_unknown_key_makes_one_fetch_a_minute(
    issuer: Issuer, keys: IssuerKeys, clock: SetClock
) -> None:
    await keys.key("ec", "ES256")
    other = new_keys()["ec"].as_dict(private=False) | {"kid": "new"}
    issuer.publish([*public(KEYS), other])
    assert await keys.key("new", "ES256") is None
    clock.advance(seconds=59)
    assert await keys.key("new", "ES256") is None
    assert len(issuer.asked) == 2
    clock.advance(seconds=1)
    assert await keys.key("new", "ES256")
    assert len(issuer.asked) == 4


async def test_old_keys_serve_while_the_issuer_is_down(
    issuer: Issuer, keys: IssuerKeys, clock: SetClock
) -> None:
    assert await keys.key("ec", "ES256")
    issuer.answers[DISCOVERY] = lambda: told({}, 503)
    clock.advance(hours=30)
    assert await keys.key("ec", "ES256")
    assert await keys.key("ec", "ES256")
    assert len(issuer.asked) == 3
    issuer.publish(public({"ed": KEYS["ed"]}))
    clock.advance(minutes=1)
    assert await keys.key("ec", "ES256") is None


async def test_a_key_that_was_withdrawn_goes_within_an_hour(
    issuer: Issuer, keys: IssuerKeys, clock: SetClock
) -> None:
    assert await keys.key("ec", "ES256")
    issuer.publish(public({"ed": KEYS["ed"]}))
    clock.advance(minutes=59, seconds=59)
    assert await keys.key("ec", "ES256")
    clock.advance(seconds=1)
    assert await keys.key("ec", "ES256") is None


async def test_a_clock_set_far_back_keeps_no_withdrawn_key(
    issuer: Issuer, keys: IssuerKeys, clock: SetClock
) -> None:
    assert await keys.key("ec", "ES256")
    issuer.publish(public({"ed": KEYS["ed"]}))
    clock.advance(hours=-2)
    assert await keys.key("ec", "ES256") is None


def held_back(issuer: Issuer) -> Event:
    """Its next discovery waits for this."""
    answer, goes_on = issuer.answers[DISCOVERY], Event()

    def late() -> Answer:
        goes_on.wait(PATIENCE_SECONDS)
        return answer()

    issuer.answers[DISCOVERY] = late
    return goes_on


async def test_who_goes_away_takes_the_keys_from_nobody(issuer: Issuer, keys: IssuerKeys) -> None:
    """Else everybody would be told for a minute that the issuer is away."""
    goes_on = held_back(issuer)
    gone, waiting = (asyncio.create_task(keys.key("ec", "ES256")) for _ in range(2))
    await until(lambda: issuer.asked)
    gone.cancel()
    await asyncio.wait({gone})
    goes_on.set()
    assert gone.cancelled()
    assert await waiting
    assert issuer.asked == [DISCOVERY, "/keys"]


async def test_keys_that_nobody_waits_for_any_more_serve_whoever_comes_next(
    issuer: Issuer, keys: IssuerKeys
) -> None:
    goes_on = held_back(issuer)
    gone = asyncio.create_task(keys.key("ec", "ES256"))
    await until(lambda: issuer.asked)
    gone.cancel()
    await asyncio.wait({gone})
    goes_on.set()
    assert await keys.key("ec", "ES256")
    assert issuer.asked == [DISCOVERY, "/keys"]


async def test_a_fetch_that_is_under_way_ends_with_the_service(
    issuer: Issuer, keys: IssuerKeys
) -> None:
    goes_on = held_back(issuer)
    async with keys.ending():
        asking = asyncio.create_task(keys.key("ec", "ES256"))
        await until(lambda: issuer.asked)
    await asyncio.wait({asking})
    goes_on.set()
    assert asking.cancelled()
    assert issuer.asked == [DISCOVERY]


@pytest.mark.parametrize(("before", "found"), [(49, True), (50, False)])
async def test_fifty_keys_are_looked_at(
    issuer: Issuer, keys: IssuerKeys, before: int, *, found: bool
) -> None:
    issuer.publish([{"kid": "nothing"}] * before + [public(KEYS)[1]])
    assert bool(await keys.key("ec", "ES256")) == found


async def test_the_name_of_an_issuer_may_end_in_a_slash(
    issuer: Issuer, fetcher: Fetcher, clock: SetClock
) -> None:
    name = f"{issuer.url}/realm/"
    issuer.publish(public(KEYS), issuer=name)
    issuer.answers[f"/realm{DISCOVERY}"] = issuer.answers[DISCOVERY]
    assert await IssuerKeys(name, fetcher, clock).key("ec", "ES256")


@pytest.mark.parametrize(
    ("path", "document"),
    [
        (DISCOVERY, ["nothing"]),
        ("/keys", ["nothing"]),
        ("/keys", {"keys": {"ec": 1}}),
        ("/keys", {"keys": "ec"}),
    ],
)
async def test_a_document_of_another_shape_is_no_answer(
    issuer: Issuer, keys: IssuerKeys, path: str, document: Json
) -> None:
    issuer.answers[path] = lambda: told(document)
    with pytest.raises(IssuerUnreachable):
        await keys.key("ec", "ES256")


async def test_an_issuer_that_was_never_reached_is_no_refusal(
    issuer: Issuer, keys: IssuerKeys
) -> None:
    issuer.answers[DISCOVERY] = lambda: told({}, 503)
    for _ in range(2):
        with pytest.raises(IssuerUnreachable):
            await keys.key("ec", "ES256")
    assert len(issuer.asked) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"issuer": "https://evil.example"},
        {"jwks_uri": "https://evil.example/keys"},
        {"jwks_uri": f"http://{HOST}/keys"},
        {"jwks_uri": f"https://{HOST}:1/keys"},
        {"jwks_uri": "https://[/keys"},
        {"jwks_uri": None},
    ],
)
async def test_a_discovery_that_leads_elsewhere_is_not_followed(
    issuer: Issuer, clock: SetClock, more: Json
) -> None:
    looked_up = []

    async def noted(host: str, port: int) -> list[str]:
        looked_up.append(f"https://{host}:{port}")
        return ["127.0.0.1"]

    fetcher = Fetcher(noted, is_loopback, issuer.trust)
    issuer.publish(public(KEYS), **more)
    with pytest.raises(IssuerUnreachable):
        await IssuerKeys(issuer.url, fetcher, clock).key("ec", "ES256")
    assert (issuer.asked, looked_up) == ([DISCOVERY], [issuer.url])
