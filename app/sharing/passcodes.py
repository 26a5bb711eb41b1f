"""Passcodes of links: made, compared kindly or exactly, and kept as slow hashes."""

import re
import secrets

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0, 1, I, L or O: nothing that is misread from paper or misheard on the telephone."""

GENERATED_CHARACTERS = 8
IGNORED = re.compile(r"[\s\-‐‑–—]")
"""Blanks and hyphens, also those that keyboards put in place of a hyphen."""

HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))


def generate_passcode() -> str:
    """Eight characters, each drawn evenly: 39 bits, and a link allows ten tries in its life."""
    return "".join(secrets.choice(ALPHABET) for _ in range(GENERATED_CHARACTERS))


def passcode_verifier(passcode: str, *, generated: bool) -> str:
    """An argon2id hash to compare attempts with. Slow on purpose: about 20 ms, 19 MiB."""
    return HASHER.hash(_compared(passcode, generated=generated))


def passcode_matches(attempt: str, verifier: str, *, generated: bool) -> bool:
    """Whether the attempt is the passcode; as slow as making the verifier.

    Case, blanks and hyphens count only in a passcode that the patient chose.
    """
    return HASHER.verify(_compared(attempt, generated=generated), verifier)


def _compared(passcode: str, *, generated: bool) -> str:
    return IGNORED.sub("", passcode).upper() if generated else passcode
