"""Which keys of the issuer are taken: those that sign, and strong ones alone."""

import pytest
from joserfc.jwk import Key, RSAKey, import_key

from app.accounts.external.keys import IssuerKeys
from tests.accounts.external.issuer import (
    KEYS,
    Issuer,
    Json,
    public,
)
from tests.authenticator import bytes_of, text_of

pytestmark = pytest.mark.anyio


async def test_only_keys_that_sign_and_are_strong_are_taken(
    issuer: Issuer, keys: IssuerKeys
) -> None:
    elliptic, secret = public(KEYS)[1], {"kty": "oct", "k": "c2VjcmV0", "kid": "oct"}
    issuer.publish(
        [
            secret,
            elliptic | {"kid": "to encrypt", "use": "enc"},
            elliptic | {"kid": "other algorithm", "alg": "ES384"},
            {"kty": "EC", "kid": "broken", "crv": "P-256", "x": "AA", "y": "AA"},
            {"kty": "RSA", "kid": "weak", "n": "w" * 171, "e": "AQAB"},
            "nonsense",
            elliptic,
        ]
    )
    assert await keys.key("ec", "ES256")
    for kid in ("oct", "to encrypt", "other algorithm", "broken", "weak"):
        for algorithm in ("ES256", "RS256", "HS256"):
            assert await keys.key(kid, algorithm) is None


async def test_what_cannot_be_a_usual_key_is_not_even_read(
    issuer: Issuer, keys: IssuerKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading a key is work, and what is read may be hostile."""
    read = []

    def noted(key: Json) -> Key:
        read.append(key["kid"])
        return import_key(key)

    monkeypatch.setattr("app.accounts.external.keys.import_key", noted)
    elliptic, rsa = public(KEYS)[1], {"kty": "RSA", "e": "AQAB"}
    issuer.publish(
        [
            {"kty": "oct", "k": "c2VjcmV0", "kid": "oct"},
            elliptic | {"kid": "to encrypt", "use": "enc"},
            rsa | {"kid": "weak", "n": "w" * 341},
            rsa | {"kid": "endless", "n": "w" * 1367},
            rsa | {"kid": "a number", "n": 5},
            rsa | {"kid": "without one"},
            {"kid": "of no kind", "n": "w" * 342},
            elliptic,
        ]
    )
    assert await keys.key("ec", "ES256")
    assert read == ["ec"]


@pytest.mark.filterwarnings("ignore:Key size should be")
async def test_a_weak_key_is_no_stronger_for_the_zeros_before_it(
    issuer: Issuer, keys: IssuerKeys
) -> None:
    weak = RSAKey.generate_key(1024, {"kid": "weak"}).as_dict(private=False)
    padded = text_of(bytes(128) + bytes_of(str(weak["n"])))
    issuer.publish([weak | {"n": padded}, public(KEYS)[1]])
    assert await keys.key("ec", "ES256")
    assert await keys.key("weak", "RS256") is None


async def test_a_key_without_a_name_of_its_own_stands_in_nobodys_way(
    issuer: Issuer, keys: IssuerKeys
) -> None:
    elliptic = public(KEYS)[1]
    nameless = {name: value for name, value in elliptic.items() if name != "kid"}
    issuer.publish([nameless, elliptic | {"kid": ["ec"]}, elliptic | {"kid": 7}, elliptic])
    assert await keys.key("ec", "ES256")
