"""ID tokens, true ones and forged ones."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from math import prod
from typing import Any, Self
from uuid import uuid4

from joserfc import jws
from joserfc.jwk import Key, RSAKey

from tests.accounts.external.issuer import ALGORITHM, KEYS
from tests.authenticator import text_of

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


EXPONENT = 65_537
OF_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands before a SHA-256 in a signature by RSA (RFC 8017, section 9.2)."""


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key of RSA, of primes that everybody knows: to look for long ones takes minutes."""

    kid: str
    primes: tuple[int, ...]

    @classmethod
    def of_mersenne(cls, kid: str, *powers: int) -> Self:
        """Its primes are one less than these powers of two, so it has as many bits as their sum."""
        return cls(kid, tuple(2**power - 1 for power in powers))

    @property
    def modulus(self) -> int:
        return prod(self.primes)

    def public(self) -> Json:
        """What an issuer publishes of it."""
        return {"kty": "RSA", "kid": self.kid, "n": text_of(self._bytes(self.modulus)), "e": "AQAB"}

    def signed(self, claims: Json) -> str:
        """A token that it has signed."""
        text = f"{part({'alg': 'RS256', 'kid': self.kid})}.{part(claims)}"
        told = b"\0" + OF_SHA256 + hashlib.sha256(text.encode()).digest()
        framed = b"\0\1" + told.rjust(len(self._bytes(0)) - 2, b"\xff")
        private = pow(EXPONENT, -1, prod(each - 1 for each in self.primes))
        signature = pow(int.from_bytes(framed, "big"), private, self.modulus)
        return f"{text}.{text_of(self._bytes(signature))}"

    def _bytes(self, number: int) -> bytes:
        """As long as the modulus."""
        return number.to_bytes(-(-self.modulus.bit_length() // 8), "big")
