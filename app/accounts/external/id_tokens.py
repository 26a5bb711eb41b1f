"""Judging an ID token: its form, its signature, and what it claims."""

import hashlib
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry, decode
from joserfc.util import urlsafe_b64decode

from app.accounts.external.identity import Identity, IdTokenRefused
from app.accounts.external.keys import IssuerKeys, IssuerUnreachable
from app.clock import Clock
from app.web.json_reading import read_json
from app.web.problems import MalformedJson, Unavailable

ALGORITHMS = ("RS256", "ES256", "EdDSA")
REFUSED_HEADERS = frozenset({"jku", "x5u", "jwk", "x5c", "crit", "b64", "zip"})
"""They name keys, or change how a token is read; keys come from the issuer's key set alone."""

LEEWAY = 60
LONGEST_LIFE = 366 * 24 * 3600
LONGEST_SUBJECT = 255
LONGEST_HEADER = 2048
LONGEST_SIGNATURE = 1366
"""In base64url: that of an RSA key of 8,192 bits."""

PARTS = 3

# What a foreign JSON holds is for the checks to say.
Claims = Mapping[str, Any]


class FixedAlgorithms(JWSRegistry):
    """Knows the three algorithms and no other, whatever the library would recommend."""

    max_header_length = LONGEST_HEADER
    max_signature_length = LONGEST_SIGNATURE

    def get_alg(self, name: str) -> Any:  # the library's own type of an algorithm is not public
        """Raises UnsupportedAlgorithmError."""
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError("not one of the three")
        return self.algorithms[name]


REGISTRY = FixedAlgorithms(algorithms=ALGORITHMS, strict_check_header=False)


class IdTokens:
    """Reads the ID tokens of one issuer, made for one audience."""

    def __init__(self, issuer: str, audience: str, keys: IssuerKeys, clock: Clock) -> None:
        """`audience`: our client id at the issuer."""
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._clock = clock

    def ending(self) -> AbstractAsyncContextManager[None]:
        """What is still asked of the issuer has ended when this does."""
        return self._keys.ending()

    async def identity(self, token: str, nonce: str) -> Identity:
        """Whom the token speaks of. It is still to be used up by the caller.

        Raises IdTokenRefused, or Unavailable when the issuer's keys were never to be had.
        """
        header = _header_of(token)
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS or not isinstance(kid, str):
            raise IdTokenRefused
        if REFUSED_HEADERS & header.keys() or header.get("typ", "JWT") != "JWT":
            raise IdTokenRefused
        try:
            key = await self._keys.key(kid, algorithm)
        except IssuerUnreachable:
            raise Unavailable(retry_after=LEEWAY) from None
        if key is None:
            raise IdTokenRefused
        try:
            claims = decode(token, key, registry=REGISTRY).claims
            self._check(claims, nonce)
        except (JoseError, ValueError, TypeError, RecursionError):
            raise IdTokenRefused from None
        return _identity(token, claims)

    def _check(self, claims: dict[str, Any], nonce: str) -> None:
        """Raises JoseError or IdTokenRefused."""
        now = int(self._clock().timestamp())
        registry = JWTClaimsRegistry(
            now=now,
            leeway=LEEWAY,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            azp={"essential": _has_several(claims.get("aud")), "value": self._audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(claims)
        texts = [claims["iss"], claims["sub"], claims["nonce"], claims.get("azp", self._audience)]
        if not all(isinstance(each, str) for each in texts):
            raise IdTokenRefused
        if not 0 < len(claims["sub"]) <= LONGEST_SUBJECT or claims["exp"] > now + LONGEST_LIFE:
            raise IdTokenRefused


def _has_several(audience: object) -> bool:
    return isinstance(audience, list) and len(audience) > 1


def _header_of(token: str) -> Claims:
    """The head, which nothing vouches for yet. Raises IdTokenRefused."""
    parts = token.split(".")
    if len(parts) != PARTS or len(parts[0]) > LONGEST_HEADER:
        raise IdTokenRefused
    try:
        header = read_json(urlsafe_b64decode(parts[0].encode("ascii")))
    except (ValueError, MalformedJson):
        raise IdTokenRefused from None
    if not isinstance(header, dict):
        raise IdTokenRefused
    return header


def _identity(token: str, claims: Claims) -> Identity:
    """Raises IdTokenRefused."""
    signed_in = claims.get("auth_time")
    if signed_in is not None and not _is_number(signed_in):
        raise IdTokenRefused
    try:
        ends_at = datetime.fromtimestamp(claims["exp"], UTC) + timedelta(seconds=LEEWAY)
        at = None if signed_in is None else datetime.fromtimestamp(signed_in, UTC)
    except (OverflowError, ValueError, OSError):
        raise IdTokenRefused from None
    # A signature may be written in several ways; what it signs cannot.
    signed = token.rpartition(".")[0].encode("ascii")
    proof = b"id_token" + hashlib.sha256(signed).digest()
    return Identity(claims["iss"], claims["sub"], proof, ends_at, at)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
