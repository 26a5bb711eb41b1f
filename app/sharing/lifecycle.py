"""What a share is at a given instant; nothing here is stored, so nothing can be stale."""

from datetime import datetime
from typing import Literal, Protocol

from typing_extensions import TypeAliasType

MOST_TRIES = 10

ShareStatus = TypeAliasType(
    "ShareStatus", Literal["active", "expired", "revoked", "locked", "used_up"]
)


class Lifespan(Protocol):
    """The columns of a share that say whether it lives."""

    @property
    def expires_at(self) -> datetime:
        """The instant from which it is dead."""
        ...

    @property
    def revoked_at(self) -> datetime | None:
        """When the patient withdrew it."""
        ...

    @property
    def tries_left(self) -> int:
        """Wrong passcodes it still bears."""
        ...

    @property
    def max_openings(self) -> int | None:
        """Successful openings after which it ends, if there is such a limit."""
        ...

    @property
    def openings(self) -> int:
        """Successful openings so far."""
        ...


def share_status(share: Lifespan, now: datetime) -> ShareStatus:
    """Why a share is dead, or `active`.

    Revoking is all that can still happen to a dead link, so it is the newest fact; locked or used
    up ended the link before it could expire, so they are told in place of expired.
    """
    if share.revoked_at is not None:
        return "revoked"
    if share.tries_left <= 0:
        return "locked"
    if share.max_openings is not None and share.openings >= share.max_openings:
        return "used_up"
    return "expired" if share.expires_at <= now else "active"


def is_alive(share: Lifespan, now: datetime) -> bool:
    """Whether readers may open it."""
    return share_status(share, now) == "active"


def is_readable(share: Lifespan, now: datetime) -> bool:
    """Whether a ticket still opens its file.

    A link that is merely used up lets the tickets of its last opening live out their minutes; else
    the last reader would get nothing.
    """
    return share.revoked_at is None and share.tries_left > 0 and share.expires_at > now
