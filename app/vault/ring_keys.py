"""One key of the ring, and the JSON that keys are written in."""

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

SECRET_BYTES = 32
MOST_NUMBER = 2**32 - 1
"""An envelope has four bytes for it."""


class Purpose(StrEnum):
    """What a key is for; no key serves two ends."""

    KEK = "kek"  # wraps patients' keys
    SERVICE = "service"  # seals device secrets, outbox, pending sign-ups
    INDEX = "index"  # blind index, throttle and log keys by HKDF
    AUDIT = "audit"  # signs the daily root


class KeyRingRefused(Exception):
    """The ring is missing, unreadable, readable by others, or not whole."""


class State(StrEnum):
    """What may be done with a key. The newest active key of a purpose seals; all of them open."""

    STANDBY = "standby"  # opens already, so that every host has it before one seals with it
    ACTIVE = "active"
    RETIRED = "retired"  # opens what is left under it


@dataclass(frozen=True, slots=True)
class RingKey:
    """One key: its number, purpose, state since when, and 32 secret bytes, never printed."""

    number: int
    purpose: Purpose
    state: State
    secret: bytes = field(repr=False)
    since: datetime | None = None


def read_keys(text: str) -> list[RingKey]:
    """The keys in a ring's JSON. Raises KeyRingRefused without showing a byte of it."""
    try:
        keys = [_key(row) for row in json.loads(text)["keys"]]
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        raise KeyRingRefused("the key ring cannot be read") from None
    if any(len(key.secret) != SECRET_BYTES for key in keys):
        raise KeyRingRefused("a key of the ring is not 32 bytes long")
    if any(not 1 <= key.number <= MOST_NUMBER for key in keys):
        raise KeyRingRefused("a key of the ring has a number that no envelope can name")
    if any(key.since is not None and key.since.utcoffset() is None for key in keys):
        raise KeyRingRefused("a key of the ring has got its state at an instant without an offset")
    return keys


def _key(row: Mapping[str, Any]) -> RingKey:
    """JSON's values are of any type; what does not fit raises."""
    since = row.get("since")
    return RingKey(
        number=int(row["number"]),
        purpose=Purpose(row["purpose"]),
        state=State(row["state"]),
        secret=base64.b64decode(row["secret"], validate=True),
        since=None if since is None else datetime.fromisoformat(since),
    )


def ring_text(keys: Sequence[RingKey]) -> str:
    """The ring's JSON."""
    rows = [
        {
            "number": key.number,
            "purpose": str(key.purpose),
            "state": str(key.state),
            "secret": base64.b64encode(key.secret).decode(),
            **({"since": key.since.isoformat()} if key.since else {}),
        }
        for key in keys
    ]
    return json.dumps({"keys": rows}, indent=2) + "\n"


def new_ring_text() -> str:
    """A fresh ring with one active key for each purpose."""
    return ring_text(
        [
            RingKey(number, purpose, State.ACTIVE, secrets.token_bytes(SECRET_BYTES))
            for number, purpose in enumerate(Purpose, start=1)
        ]
    )
