"""What a refresh token is worth, and when a device has ended. Pure."""

from collections.abc import Iterable
from datetime import datetime
from enum import Enum, auto

from app.accounts.spans import GRACE, SKEW, Spans
from app.accounts.store_devices import Device


class Verdict(Enum):
    """What to do about a refresh token that the device's secret made."""

    ROTATE = auto()
    AGAIN = auto()
    REPLAYED = auto()
    TOO_LATE = auto()
    UNKNOWN = auto()


def is_past_limits(device: Device, now: datetime, spans: Spans) -> bool:
    """Whether the device was unused for too long or signed in too long ago.

    A device that is met past its limits ends for good, so no clock set backwards revives it; one
    that was last used at an instant still to come counts as used just now.
    """
    return now - device.seen_at > spans.idle or now - device.created_at > spans.absolute


def still_signed_in(devices: Iterable[Device], now: datetime, spans: Spans) -> list[Device]:
    """Those that have not ended."""
    return [
        device
        for device in devices
        if device.revoked_at is None and not is_past_limits(device, now, spans)
    ]


def judge(device: Device, generation: int, now: datetime, spans: Spans) -> Verdict:
    """The table of rotation, for a living device and the generation of a true token of it.

    A successor that was never seen in use may have been lost on its way, so the token before it
    may ask again, however late. Once it was seen, only requests that were already under way may: a
    clock that was set back since makes none of them.
    """
    if is_past_limits(device, now, spans):
        return Verdict.TOO_LATE
    behind = device.generation - generation
    if behind < 0:
        return Verdict.UNKNOWN
    if behind == 0:
        return Verdict.ROTATE
    in_grace = -SKEW <= now - device.rotated_at <= GRACE
    if behind == 1 and (in_grace or not device.confirmed):
        return Verdict.AGAIN
    return Verdict.REPLAYED


def given_again(device: Device, now: datetime, spans: Spans) -> Device:
    """The device when its newest pair is handed out once more.

    An access token with less than half its life left is followed by a new one. Until somebody
    uses the pair, the grace begins anew: copies of this very request may still be under way.
    """
    access_at = device.access_at if spans.access_is_fresh(device.access_at, now) else now
    rotated_at = device.rotated_at if device.confirmed else now
    return device._replace(access_at=access_at, rotated_at=rotated_at)
