"""Forged ID tokens open nothing, whatever they are forged of."""

import pytest

from tests.accounts.client import Client, Json, code_of
from tests.accounts.external.issuer import KEYS, Issuer, new_keys
from tests.accounts.external.tokens import (
    AUDIENCE,
    NONCE,
    NOON,
    claims_of,
    part,
    signed,
    signed_with_the_public_key,
    unsigned,
)
from tests.accounts.external.visits import REFUSED, enter

pytestmark = pytest.mark.anyio
YEAR = 366 * 24 * 3600


def attacks(issuer: str) -> dict[str, str]:
    """Tokens that open nothing."""
    good = claims_of(issuer)
    other = new_keys()
    return {
        "no algorithm": unsigned(good),
        "no algorithm in capitals": unsigned(good, "NONE"),
        "HMAC with the public key": signed_with_the_public_key(good),
        "an algorithm that is not one of the three": signed(good, "rsa", alg="PS256"),
        "another's key": signed(good, key=other["ec"]),
        "a key of another kind": signed(good, kid="rsa"),
        "an unknown key": signed(good, kid="nobody's"),
        "a key without a name": signed(good, kid=7),
        "a head that is critical": signed(good, crit=["exp"], exp=NOON + 60),
        "a key that it brings along": signed(good, jwk=KEYS["ec"].as_dict(private=False)),
        "a place where its keys lie": signed(good, jku=f"{issuer}/keys"),
        "a certificate it brings along": signed(good, x5c=["AAAA"]),
        "a place of certificates": signed(good, x5u=f"{issuer}/keys"),
        "a type of another use": signed(good, typ="at+jwt"),
        "a head that packs": signed(good, zip="DEF"),
        "a head that says how to read it": signed(good, b64=True),
        "expired": signed(good | {"exp": NOON - 60}),
        "an expiry that is nothing": signed({**good, "exp": None}),
        "an expiry that is no number": signed(good | {"exp": "never"}),
        "an expiry beyond all days": signed(good | {"exp": 10**30}),
        "an expiry beyond a year": signed(good | {"exp": NOON + YEAR + 1}),
        "issued in the future": signed(good | {"iat": NOON + 61}),
        "not valid yet": signed(good | {"nbf": NOON + 61}),
        "another audience": signed(good | {"aud": "somebody else"}),
        "several audiences without a party": signed(good | {"aud": [AUDIENCE, "else"]}),
        "another authorised party": signed(good | {"azp": "somebody else"}),
        "another issuer": signed(good | {"iss": "https://evil.example"}),
        "another nonce": signed(good | {"nonce": "another nonce"}),
        "a list of nonces": signed(good | {"nonce": [NONCE, "another"]}),
        **{
            f"no {name}": signed({each: good[each] for each in good if each != name})
            for name in good
        },
        "an empty subject": signed(good | {"sub": ""}),
        "a long subject": signed(good | {"sub": "x" * 256}),
        "a list of parties": signed(good | {"azp": [AUDIENCE, "else"]}),
        "a time of sign-in in words": signed(good | {"auth_time": "noon"}),
        "a time of sign-in that is true": signed(good | {"auth_time": True}),
        "a time of sign-in beyond all days": signed(good | {"auth_time": 10**30}),
        "no claims": signed(["nothing"]),
        "no token": "a.b.c",
        "half a token": signed(good).rpartition(".")[0],
        "a list for a head": f"{part(['alg'])}.{part(good)}.AAAA",
        "a changed claim": changed(signed(good), good | {"sub": "somebody else"}),
    }


def changed(token: str, claims: Json) -> str:
    """The same head and signature around other claims."""
    head, _, signature = token.split(".")
    return f"{head}.{part(claims)}.{signature}"


@pytest.mark.parametrize("name", attacks("https://issuer.test"))
async def test_a_forged_token_opens_nothing(visitor: Client, issuer: Issuer, name: str) -> None:
    answer = await enter(visitor, attacks(issuer.url)[name])
    assert code_of(answer) == REFUSED
    assert answer.headers["www-authenticate"] == "Bearer"
