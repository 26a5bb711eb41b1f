"""What a password must be."""

import re
from collections.abc import Iterator
from typing import NoReturn

from app.accounts.common_passwords import folded, is_common
from app.faults import Fault
from app.web.problems import InvalidRequest

SHORTEST = 15
LONGEST = 256
LEAST_OF_ITS_OWN = 8
"""Characters that must be left when everything easy to guess is taken away."""

EASY_WORDS = ("afterglow", "ketamine", "clinic")
SHORTEST_WORD = 3
"""Shorter local parts are no words: taking every `e` away would refuse good passwords."""

LEAST_SCORE = 3
"""Of zxcvbn's 0 to 4: safely unguessable where guessing is slow."""

JUDGED_CHARACTERS = 72
"""zxcvbn's time grows faster than the length."""

MOST_STAND_INS = 10
"""Different characters that may stand for letters. zxcvbn tries every reading of them together:
with twenty of them it would keep the whole process for a third of a second."""

STAND_INS = str.maketrans("4@8({[<369!1|0$5+7%2", "aabcccceggiiiosstlxz")
"""The characters zxcvbn may read as letters, and a letter for each."""

MESSAGES = {
    "password_too_short": f"A password has at least {SHORTEST} characters.",
    "password_too_long": f"A password has at most {LONGEST} characters.",
    "password_common": "Many people have this password, so it is tried first.",
    "password_context": "Too little is left of this password without digits and easy words.",
    "password_weak": "This password is easy to guess: make it longer, or less regular.",
}


def password_faults(password: str, email: str, pointer: str) -> list[Fault]:
    """What is wrong with a new password at `pointer`; empty when it may be used.

    Length counts Unicode code points. There are no rules of composition.
    """
    return [Fault(code, MESSAGES[code], pointer) for code in _broken_rules(password, email)]


def refuse_poor(password: str, email: str, pointer: str) -> None:
    """Raises InvalidRequest with the faults of a new password; without `email` it may miss some."""
    faults = password_faults(password, email, pointer)
    if faults:
        raise InvalidRequest(faults=faults)


def refuse_leaked(pointer: str) -> NoReturn:
    """Raises InvalidRequest: a password that has leaked is tried like a common one."""
    raise InvalidRequest(faults=[Fault("password_common", MESSAGES["password_common"], pointer)])


def _broken_rules(password: str, email: str) -> Iterator[str]:
    if len(password) < SHORTEST:
        yield "password_too_short"
        return
    if len(password) > LONGEST:
        yield "password_too_long"
        return
    if is_common(password):
        yield "password_common"
    if len(_of_its_own(password, email)) < LEAST_OF_ITS_OWN:
        yield "password_context"
    if _score(password, email) < LEAST_SCORE:
        yield "password_weak"


def _score(password: str, email: str) -> int:
    """zxcvbn's estimate, 0 to 4, with the words that a guesser of this password would try."""
    from zxcvbn_rs_py import zxcvbn  # noqa: PLC0415 - its dictionaries take 10 MiB

    judged = password[:JUDGED_CHARACTERS]
    if len({each for each in judged if ord(each) in STAND_INS}) > MOST_STAND_INS:
        judged = judged.translate(STAND_INS)
    local_part = email.partition("@")[0]
    words = [*EASY_WORDS, local_part, *re.split(r"[\W_]+", local_part)]
    return int(zxcvbn(judged, [word for word in words if word]).score)


def _of_its_own(password: str, email: str) -> str:
    """What is left without digits, the words of this service and the address's local part."""
    rest = folded(password)
    local_part = folded(email.partition("@")[0])
    words = [word for word in (local_part, *EASY_WORDS) if len(word) >= SHORTEST_WORD]
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return "".join(character for character in rest if not character.isdecimal())
