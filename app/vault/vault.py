"""What the rest of the house asks for: a patient's keys, and the service's own sealing."""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from threading import Lock
from time import monotonic
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.clock import Clock
from app.database import Transaction
from app.vault.envelope import Place, SealBroken, key_number, open_sealed, seal
from app.vault.keyring import KeyRing, Purpose
from app.vault.store import add_key, load_keys

CACHED_PATIENTS = 1000
CACHED_SECONDS = 60.0


class PatientKeys:
    """One patient's unwrapped data keys. The newest seals, all of them open."""

    __slots__ = ("_ciphers", "_newest", "account_id")

    def __init__(self, account_id: UUID, secrets_by_version: dict[int, bytes]) -> None:
        """Raises SealBroken when there is no key: the account was erased."""
        if not secrets_by_version:
            raise SealBroken("this account has no key")
        self.account_id = account_id
        self._ciphers = {v: AESGCM(secret) for v, secret in secrets_by_version.items()}
        self._newest = max(self._ciphers)

    def seal(self, place: Place, text: bytes) -> bytes:
        """Seal `text` for its place; the place must name this account."""
        return seal(self._ciphers[self._newest], self._newest, place, text)

    def open(self, place: Place, sealed: bytes) -> bytes:
        """Raises SealBroken when it was not sealed for this place."""
        cipher = self._ciphers.get(key_number(sealed))
        if cipher is None:
            raise SealBroken(f"a sealed {place.record} names a key the account lacks")
        return open_sealed(cipher, place, sealed)


class Vault:
    """Seals and opens. Unwrapped patients' keys stay for 60 s, the last 1,000 of them."""

    def __init__(self, ring: KeyRing, clock: Clock) -> None:
        """One vault a process."""
        self._ring = ring
        self._clock = clock
        self._cache: OrderedDict[UUID, tuple[float, PatientKeys]] = OrderedDict()
        self._lock = Lock()  # SQLite's units of work run in several threads

    async def patient(self, transaction: Transaction, account_id: UUID) -> PatientKeys:
        """The patient's keys, from the cache or the database. Raises SealBroken."""
        cached = self._cache.get(account_id)
        if cached and cached[0] > monotonic():
            return cached[1]
        wrapped = await load_keys(transaction, account_id)
        unwrapped = {v: self._unwrap(account_id, v, key) for v, key in wrapped.items()}
        keys = PatientKeys(account_id, unwrapped)
        self._remember(keys)
        return keys

    async def make_patient(self, transaction: Transaction, account_id: UUID) -> PatientKeys:
        """Give a new account its first data key."""
        secret = secrets.token_bytes(32)
        wrapped = self._seal(Purpose.KEK, _wrapping_place(account_id, 1), secret)
        await add_key(transaction, self._clock, account_id, 1, wrapped)
        return PatientKeys(account_id, {1: secret})

    def forget(self, account_id: UUID) -> None:
        """Drop an erased patient's keys from this process."""
        with self._lock:
            self._cache.pop(account_id, None)

    def seal(self, place: Place, text: bytes) -> bytes:
        """Seal under the service's own key what belongs to no patient's journal."""
        return self._seal(Purpose.SERVICE, place, text)

    def open(self, place: Place, sealed: bytes) -> bytes:
        """Raises SealBroken, or KeyRingRefused when the ring lacks the key."""
        return open_sealed(self._ring.cipher(key_number(sealed)), place, sealed)

    def blind_index(self, use: str, subject: str) -> bytes:
        """32 bytes by which equal subjects are found and none can be read (HMAC-SHA-256)."""
        return hmac.digest(self._ring.derived(use), subject.encode(), hashlib.sha256)

    def _seal(self, purpose: Purpose, place: Place, text: bytes) -> bytes:
        key = self._ring.current(purpose)
        return seal(self._ring.cipher(key.number), key.number, place, text)

    def _unwrap(self, account_id: UUID, version: int, wrapped: bytes) -> bytes:
        return self.open(_wrapping_place(account_id, version), wrapped)

    def _remember(self, keys: PatientKeys) -> None:
        with self._lock:
            self._cache[keys.account_id] = (monotonic() + CACHED_SECONDS, keys)
            self._cache.move_to_end(keys.account_id)
            while len(self._cache) > CACHED_PATIENTS:
                self._cache.popitem(last=False)


def _wrapping_place(account_id: UUID, version: int) -> Place:
    return Place("patient_key", "wrapped", account_id, str(version))
