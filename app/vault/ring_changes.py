"""How a ring changes: a key is added, takes over, and goes when nothing is left under it."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.vault.ring_keys import SECRET_BYTES, KeyRingRefused, Purpose, RingKey, State

RETIRED_FOR = timedelta(minutes=5)
"""How long a key seals no more before it may go: a request that still uses it is over by then."""

BACKUPS_KEPT = timedelta(days=30)
"""How long a backup's `keys-…` file may be kept; it opens with the ring of its day alone."""

ROTATING = (Purpose.KEK, Purpose.SERVICE)


def with_standby(keys: Sequence[RingKey], purpose: Purpose, now: datetime) -> list[RingKey]:
    """The keys with one more, which opens but does not seal yet. Raises KeyRingRefused."""
    _refuse_fixed(purpose)
    if any(key.purpose is purpose and key.state is State.STANDBY for key in keys):
        raise KeyRingRefused("a key of this purpose stands by already")
    number = max(key.number for key in keys) + 1
    secret = secrets.token_bytes(SECRET_BYTES)
    return [*keys, RingKey(number, purpose, State.STANDBY, secret, now)]


def with_next_current(keys: Sequence[RingKey], purpose: Purpose, now: datetime) -> list[RingKey]:
    """The keys after the one that stands by, or a new one, has taken over.

    Raises KeyRingRefused.
    """
    _refuse_fixed(purpose)
    if not any(key.purpose is purpose and key.state is State.STANDBY for key in keys):
        keys = with_standby(keys, purpose, now)
    next_state = {State.STANDBY: State.ACTIVE, State.ACTIVE: State.RETIRED}
    return [
        replace(key, state=next_state[key.state], since=now)
        if key.purpose is purpose and key.state in next_state
        else key
        for key in keys
    ]


def without(
    keys: Sequence[RingKey], number: int, now: datetime, *, backups_gone: bool = False
) -> list[RingKey]:
    """The keys without one that nothing is under any more.

    `backups_gone`: no backup is kept that was made before it was retired. Raises KeyRingRefused.
    """
    key = next((key for key in keys if key.number == number), None)
    if key is None:
        raise KeyRingRefused("the ring has no key of this number")
    if key.state is not State.RETIRED:
        raise KeyRingRefused("only a retired key may leave the ring: rotate first")
    retired_for = now - key.since if key.since else BACKUPS_KEPT
    if retired_for < RETIRED_FOR:
        raise KeyRingRefused("this key was retired minutes ago: requests may still use it")
    if retired_for < BACKUPS_KEPT and not backups_gone:
        raise KeyRingRefused(
            "backups of the last 30 days open with this key alone: keep it until then, "
            "or say --backups-gone when none is kept from before the rotation"
        )
    return [each for each in keys if each is not key]


def _refuse_fixed(purpose: Purpose) -> None:
    if purpose not in ROTATING:
        raise KeyRingRefused("keys of this purpose do not rotate")
