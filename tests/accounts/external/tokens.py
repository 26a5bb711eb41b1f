"""ID tokens, true ones and forged ones."""

import base64
import hashlib
import hmac
import json
from typing import Any
from uuid import uuid4

from joserfc import jws
from joserfc.jwk import Key, RSAKey

from tests.accounts.external.issuer import ALGORITHM, KEYS

AUDIENCE = "afterglow-app"
NONCE = "a nonce of the app"
NOON = 1_780_315_200
"""Noon of 1 June 2026, UTC: the test clock's."""

# Heads and claims are JSON of every type.
Json = Any


def claims_of(issuer: str, **more: Json) -> dict[str, Json]:
    """What a good ID token claims; None takes a claim away."""
    claims = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": uuid4().hex,
        "exp": NOON + 300,
        "iat": NOON,
        "nonce": NONCE,
    } | more
    return {name: value for name, value in claims.items() if value is not None}


class AnyAlgorithm(jws.JWSRegistry):
    """Signs whatever is asked for."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]

    def check_header(self, header: Json) -> None:
        """Every head will do."""


def signed(claims: Json, name: str = "ec", key: Key | None = None, **head: Json) -> str:
    """A token that a key of the issuer has signed; None takes a member of its head away."""
    members = {"alg": ALGORITHM[name], "kid": name, "typ": "JWT"} | head
    header = {member: value for member, value in members.items() if value is not None}
    return jws.serialize_compact(
        header, json.dumps(claims).encode(), key or KEYS[name], registry=AnyAlgorithm()
    )


def part(value: Json) -> str:
    """One part of a token made by hand."""
    text = json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def unsigned(claims: Json, alg: str = "none") -> str:
    """A token without a signature."""
    return f"{part({'alg': alg, 'kid': 'rsa'})}.{part(claims)}."


def signed_with_the_public_key(claims: Json) -> str:
    """The old trick: HMAC with what everybody knows."""
    text = f"{part({'alg': 'HS256', 'kid': 'rsa'})}.{part(claims)}"
    key = KEYS["rsa"]
    assert isinstance(key, RSAKey)
    mac = hmac.digest(key.as_pem(private=False), text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
