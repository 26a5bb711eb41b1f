"""Who comes with an ID token."""

from dataclasses import dataclass
from datetime import datetime


class IdTokenRefused(Exception):
    """Why is not told: it may hold what was sent."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom an issuer vouches for: never the address, always issuer and subject."""

    issuer: str
    subject: str
    proof: bytes
    """What makes this token one: the bytes under its signature."""
    ends_at: datetime
    """After this it is refused for its age."""
    signed_in_at: datetime | None
    """When the person showed the issuer who they are, if it says so."""
