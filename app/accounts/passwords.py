"""What a password must be."""

import unicodedata
from collections.abc import Iterator

from app.faults import Fault

SHORTEST = 15
LONGEST = 256
LEAST_OF_ITS_OWN = 8
"""Characters that must be left when everything easy to guess is taken away."""

EASY_WORDS = ("afterglow", "ketamine", "clinic")
SHORTEST_WORD = 3
"""Shorter local parts are no words: taking every `e` away would refuse good passwords."""

MESSAGES = {
    "password_too_short": f"A password has at least {SHORTEST} characters.",
    "password_too_long": f"A password has at most {LONGEST} characters.",
    "password_context": "Too little is left of this password without digits and easy words.",
}


def password_faults(password: str, email: str, pointer: str) -> list[Fault]:
    """What is wrong with a new password at `pointer`; empty when it may be used.

    Length counts Unicode code points. There are no rules of composition.
    """
    return [Fault(code, MESSAGES[code], pointer) for code in _broken_rules(password, email)]


def _broken_rules(password: str, email: str) -> Iterator[str]:
    if len(password) < SHORTEST:
        yield "password_too_short"
    elif len(password) > LONGEST:
        yield "password_too_long"
    elif len(_of_its_own(password, email)) < LEAST_OF_ITS_OWN:
        yield "password_context"


def _of_its_own(password: str, email: str) -> str:
    """What is left without digits, the words of this service and the address's local part."""
    rest = _folded(password)
    local_part = _folded(email.partition("@")[0])
    words = [word for word in (local_part, *EASY_WORDS) if len(word) >= SHORTEST_WORD]
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return "".join(character for character in rest if not character.isdecimal())


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
