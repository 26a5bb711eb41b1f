"""The texts of mails, one plain text file a letter and language under `letters/`."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Template
from typing import NamedTuple

FOLDER = Path(__file__).parent / "letters"
FALLBACK = "en"
SUBJECT = "Subject: "


class Letter(StrEnum):
    """Each is a file of this name in every language."""

    SIGN_UP_CODE = "sign_up_code"
    ALREADY_REGISTERED = "already_registered"
    NEW_DEVICE = "new_device"
    REFRESH_REPLAYED = "refresh_replayed"
    SHARE_OPENED = "share_opened"
    PASSKEYS_CHANGED = "passkeys_changed"
    PASSKEY_ASKED = "passkey_asked"
    EXPORT_MADE = "export_made"
    ACCOUNT_ERASED = "account_erased"
    RECOVERY_CODE = "recovery_code"
    RECOVERY_USED = "recovery_used"


class LetterText(NamedTuple):
    """A letter that can be sent."""

    subject: str
    text: str


@cache
def languages() -> tuple[str, ...]:
    """The languages that letters are written in."""
    return tuple(sorted(each.name for each in FOLDER.iterdir() if each.is_dir()))


def language_for(locale: str) -> str:
    """The language of a locale such as `de-AT`, or English when there is none of it."""
    language = locale.partition("-")[0].lower()
    return language if language in languages() else FALLBACK


def written(letter: Letter, locale: str, facts: Mapping[str, str]) -> LetterText:
    """The letter with its facts in place. Raises KeyError for a fact that is missing."""
    subject, template = _read(language_for(locale), letter)
    return LetterText(subject, template.substitute(facts))


@cache
def _read(language: str, letter: Letter) -> tuple[str, Template]:
    head, _, text = (FOLDER / language / f"{letter}.txt").read_text("utf-8").partition("\n\n")
    return head.removeprefix(SUBJECT), Template(text)
