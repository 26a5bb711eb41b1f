"""Bytes as WebAuthn writes them in JSON: base64url without padding."""

from base64 import urlsafe_b64decode, urlsafe_b64encode


def to_base64url(raw: bytes) -> str:
    """The text of some bytes."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def from_base64url(text: str) -> bytes:
    """The bytes of a text. Raises ValueError."""
    return urlsafe_b64decode(f"{text}===")  # what is too much of the padding is ignored
