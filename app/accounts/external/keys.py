"""The public keys of the issuer, fetched when one is asked for that is not known."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key

from app.accounts.external.fetching import Fetcher, FetchFailed
from app.background import Shared
from app.clock import Clock

DISCOVERY = "/.well-known/openid-configuration"
PAUSE = timedelta(minutes=1)
"""The least time between two fetches, also of those that failed."""

FRESH = timedelta(hours=1)
"""Older keys are fetched anew when one of them is used, so that a withdrawn one goes."""

MOST_KEYS = 50
LEAST_RSA_BITS = 2048
RSA_CHARACTERS = range(342, 1366 + 1)
"""Of a modulus of 2,048 to 8,192 bits, in base64url: a longer one takes long to check with."""

PUBLIC = ("kty", "kid", "n", "e", "crv", "x", "y")
"""What is read of a key; a private half that an issuer gives away is left alone."""

LOG = logging.getLogger(__name__)


class IssuerUnreachable(Exception):
    """No key was ever fetched, and none can be now."""


class IssuerKeys:
    """Keys by `kid`, from the issuer's own key set alone. Old ones serve while it is down."""

    def __init__(self, issuer: str, fetcher: Fetcher, clock: Clock) -> None:
        """One a process."""
        self._issuer = issuer
        self._fetcher = fetcher
        self._clock = clock
        self._keys: dict[tuple[str, str], Key] = {}
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._fetches: Shared[None, None] = Shared()

    def ending(self) -> AbstractAsyncContextManager[None]:
        """A fetch that is under way has ended when this does."""
        return self._fetches.ending()

    async def key(self, kid: str, algorithm: str) -> Key | None:
        """The key of this id for this algorithm. Raises IssuerUnreachable."""
        if (kid, algorithm) not in self._keys or self._is_stale():
            await self._renew()
        if self._fetched_at is None:
            raise IssuerUnreachable
        return self._keys.get((kid, algorithm))

    def _is_stale(self) -> bool:
        return self._fetched_at is None or abs(self._clock() - self._fetched_at) >= FRESH

    async def _renew(self) -> None:
        """Wait for the fetch that is under way, or for a new one; at most one begins a minute.

        Whoever goes away meanwhile takes it from nobody who waits or comes later.
        """
        if not self._fetches.under_way():
            now = self._clock()
            if self._tried_at is not None and abs(now - self._tried_at) < PAUSE:
                return
            self._tried_at = now
        await asyncio.shield(self._fetches.task(None, self._fetch))

    async def _fetch(self) -> None:
        """Put the present key set in place of the former."""
        begun_at = self._tried_at
        try:
            self._keys = await self._read()
            self._fetched_at = begun_at
        except FetchFailed:
            LOG.warning("the keys of the issuer could not be fetched")

    async def _read(self) -> dict[tuple[str, str], Key]:
        document = _object(await self._fetcher.json(self._issuer.rstrip("/") + DISCOVERY))
        place = document.get("jwks_uri")
        if document.get("issuer") != self._issuer or not isinstance(place, str):
            raise FetchFailed
        if not _is_same_host(place, self._issuer):
            raise FetchFailed
        listed = _object(await self._fetcher.json(place)).get("keys")
        if not isinstance(listed, list):
            raise FetchFailed
        return _usable(listed[:MOST_KEYS])


def _object(value: object) -> Mapping[str, object]:
    """Raises FetchFailed."""
    if not isinstance(value, dict):
        raise FetchFailed
    return value


def _is_same_host(url: str, issuer: str) -> bool:
    try:
        there, here = urlsplit(url), urlsplit(issuer)
    except ValueError:  # an open bracket, say
        return False
    return (there.scheme, there.netloc.lower()) == ("https", here.netloc.lower())


def _usable(listed: list[object]) -> dict[tuple[str, str], Key]:
    """Keys that sign, by id and the one algorithm that is read with them; an id stands once."""
    keys: dict[tuple[str, str], Key] = {}
    for each in listed:
        if not isinstance(each, dict) or not _may_sign(each):
            continue
        try:
            key = import_key({name: each[name] for name in PUBLIC if name in each})
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        algorithm, kid = _algorithm_of(key), each.get("kid")
        if algorithm and isinstance(kid, str) and each.get("alg", algorithm) == algorithm:
            keys.setdefault((kid, algorithm), key)
    return keys


def _may_sign(key: Mapping[str, object]) -> bool:
    """Whether it is worth reading: for signatures, asymmetric, neither weak nor endless."""
    if key.get("use", "sig") != "sig":
        return False
    modulus = key.get("n")
    usual = isinstance(modulus, str) and len(modulus) in RSA_CHARACTERS
    return key.get("kty") in ("EC", "OKP") or (key.get("kty") == "RSA" and usual)


def _algorithm_of(key: Key) -> str | None:
    """The one algorithm that this key may be used with; never a symmetric one."""
    match key:
        case RSAKey():
            public = key.public_key
            strong = isinstance(public, RSAPublicKey) and public.key_size >= LEAST_RSA_BITS
            return "RS256" if strong else None
        case ECKey() if key.curve_name == "P-256":
            return "ES256"
        case OKPKey() if key.curve_name == "Ed25519":
            return "EdDSA"
    return None
