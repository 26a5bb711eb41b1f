"""What is read of an ID token, and what is seen of a bad one before anything is fetched."""

from datetime import timedelta
from hashlib import sha256

import pytest

from app.accounts.external.fetching import Fetcher
from app.accounts.external.id_tokens import IdTokens
from app.accounts.external.identity import Identity, IdTokenRefused
from app.accounts.external.keys import IssuerKeys
from tests.accounts.external.issuer import KEYS, Issuer, Json
from tests.accounts.external.tokens import (
    AUDIENCE,
    NONCE,
    NOON,
    KnownKey,
    claims_of,
    signed,
    unsigned,
)
from tests.authenticator import bytes_of
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
LONGEST_HEAD = 2048


@pytest.fixture
def reader(issuer: Issuer, fetcher: Fetcher, clock: SetClock) -> IdTokens:
    """What reads the tokens of that issuer."""
    return IdTokens(issuer.url, AUDIENCE, IssuerKeys(issuer.url, fetcher, clock), clock)


def head_of(token: str) -> str:
    return token.partition(".")[0]


def with_a_head_of(characters: int, claims: Json) -> str:
    """A token whose head is that long; three bytes are four characters."""
    bare = len(bytes_of(head_of(signed(claims, pad=""))))
    return signed(claims, pad="x" * (characters * 3 // 4 - bare))


async def test_a_token_says_who_it_is_for_how_long_and_when_they_were_there(
    reader: IdTokens, issuer: Issuer, clock: SetClock
) -> None:
    """It is taken once, by its signed part: what stands for it outlives an update."""
    claims = claims_of(issuer.url, auth_time=NOON - 7)
    token = signed(claims)
    part = token.rpartition(".")[0].encode()
    assert await reader.identity(token, NONCE) == Identity(
        issuer.url,
        claims["sub"],
        b"id_token" + sha256(part).digest(),
        clock() + timedelta(minutes=6),
        clock() - timedelta(seconds=7),
    )


async def test_who_was_there_need_not_be_told(reader: IdTokens, issuer: Issuer) -> None:
    identity = await reader.identity(signed(claims_of(issuer.url)), NONCE)
    assert identity.signed_in_at is None


@pytest.mark.parametrize("more", [{"sub": "x"}, {"aud": [AUDIENCE]}, {"auth_time": NOON + 0.5}])
async def test_what_is_unusual_and_right_is_taken(
    reader: IdTokens, issuer: Issuer, more: Json
) -> None:
    assert await reader.identity(signed(claims_of(issuer.url, **more)), NONCE)


async def test_a_key_of_rsa_may_have_8192_bits(reader: IdTokens, issuer: Issuer) -> None:
    longest = KnownKey.of_mersenne("longest", 4423, 3217, 521, 31)
    longer = KnownKey.of_mersenne("longer", 4423, 3217, 521, 61)
    issuer.publish([longest.public(), longer.public()])
    claims = claims_of(issuer.url)
    assert await reader.identity(longest.signed(claims), NONCE)
    with pytest.raises(IdTokenRefused):
        await reader.identity(longer.signed(claims), NONCE)


async def test_a_head_may_have_2048_characters(reader: IdTokens, issuer: Issuer) -> None:
    claims = claims_of(issuer.url)
    longest, longer = (with_a_head_of(LONGEST_HEAD + more, claims) for more in (0, 4))
    assert [len(head_of(each)) for each in (longest, longer)] == [LONGEST_HEAD, LONGEST_HEAD + 4]
    assert await reader.identity(longest, NONCE)
    with pytest.raises(IdTokenRefused):
        await reader.identity(longer, NONCE)


async def test_a_bad_head_is_refused_before_keys_are_fetched(
    reader: IdTokens, issuer: Issuer
) -> None:
    """Else whoever sends nonsense would have the issuer asked."""
    claims = claims_of(issuer.url)
    good = signed(claims)
    bad = [
        unsigned(claims),
        signed(claims, "rsa", alg="PS256"),
        signed(claims, kid=7),
        signed(claims, kid=None),
        signed(claims, jwk=KEYS["ec"].as_dict(private=False)),
        signed(claims, typ="at+jwt"),
        with_a_head_of(LONGEST_HEAD + 4, claims),
        good.rpartition(".")[0],
        f"{good}.{good}",
    ]
    for token in bad:
        with pytest.raises(IdTokenRefused):
            await reader.identity(token, NONCE)
    assert issuer.asked == []
