"""The SMART Health Link (HL7, STU 1.0.0): its secrets, its payload and its encrypted file."""

import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from app.settings import MOST_BASE_CHARACTERS

SECRET_BYTES = 32
SECRET_CHARACTERS = 43
MANIFEST_PATH = "/shl/"
FILES_PATH = "/shl/files/"
SCHEME = "shlink:/"
VERSION = 1
HEADER = {"alg": "dir", "enc": "A256GCM", "cty": "application/fhir+json"}

LinkFlag = Literal["P", "LP", "U"]


def new_secret() -> str:
    """32 random bytes as 43 base64url characters: a token, a key or a ticket."""
    return secrets.token_urlsafe(SECRET_BYTES)


def secret_hash(secret: str) -> bytes:
    """What the database keeps of a token or ticket: SHA-256 of its text."""
    return sha256(secret.encode()).digest()


def link_flag(kind: str, mode: str) -> LinkFlag:
    """What the reader's app must do: ask for a passcode (`P`), come back for news (`L`)."""
    if kind == "direct":
        return "U"
    return "LP" if mode == "live" else "P"


def manifest_url(base: str, token: str) -> str:
    """Where readers ask. At most 128 characters, as the standard wants.

    Raises ValueError when `base` is longer than 80 characters.
    """
    if len(base) > MOST_BASE_CHARACTERS:
        raise ValueError("the origin of links has at most 80 characters")
    return base + MANIFEST_PATH + token


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What the link tells the reader's app. `label` is readable by whoever sees the link."""

    url: str
    flag: LinkFlag
    key: str
    expires_at: datetime
    label: str

    def bare(self) -> str:
        """`shlink:/…`: the payload in the order of the standard, minified, base64url."""
        payload = {
            "url": self.url,
            "flag": self.flag,
            "key": self.key,
            "exp": int(self.expires_at.timestamp()),
            "label": self.label,
            "v": VERSION,
        }
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        return SCHEME + urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def for_viewer(self, viewer: str) -> str:
        """The link that opens in a browser; everything secret stands after the `#`."""
        return f"{viewer}#{self.bare()}"


def encrypt_file(content: bytes, key: str) -> bytes:
    """The FHIR JSON as a compact JWE under the link's key, with a fresh IV each time.

    joserfc writes it (and not AESGCM by hand): it draws the IV itself, so none can be reused.
    """
    from joserfc import jwe  # noqa: PLC0415 - for those who write files: readers open none here
    from joserfc.jwk import OctKey  # noqa: PLC0415
    from joserfc.util import urlsafe_b64decode  # noqa: PLC0415

    sealing = OctKey.import_key(urlsafe_b64decode(key.encode()))
    return jwe.encrypt_compact(HEADER, content, sealing).encode()
