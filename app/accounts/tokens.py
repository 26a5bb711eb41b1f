"""The text of every token: prefix, base62 body, checksum; read without a database."""

import hashlib
import re
import secrets
import string
import zlib
from enum import Enum

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
VALUES = {digit: value for value, digit in enumerate(DIGITS)}
PAIRS = [first + second for first in DIGITS for second in DIGITS]
"""All numbers of two digits: three of them make a checksum, which every request needs."""
ALPHABET = re.compile("[0-9A-Za-z]*")
CHECKSUM_CHARACTERS = 6
PREFIX_CHARACTERS = 4


class TokenMalformed(Exception):
    """The text cannot be a token of this kind; no look-up is worth it."""


class TokenKind(Enum):
    """Prefix and width of the body. A token of one kind never opens what another kind opens."""

    ACCESS = ("aga_", 43)
    REFRESH = ("agr_", 70)
    SHARE = ("ags_", 43)
    RECOVERY = ("agv_", 20)

    def __init__(self, prefix: str, width: int) -> None:
        """`width`: base62 characters between prefix and checksum."""
        self.prefix = prefix
        self.width = width

    @property
    def characters(self) -> int:
        """The length of the whole token."""
        return PREFIX_CHARACTERS + self.width + CHECKSUM_CHARACTERS

    @property
    def pattern(self) -> str:
        """A regular expression for the OpenAPI file and for secret scanners."""
        return f"^{self.prefix}[0-9A-Za-z]{{{self.width + CHECKSUM_CHARACTERS}}}$"


def base62(number: int, width: int) -> str:
    """`number` >= 0 in base 62, left-padded with `0`. Raises OverflowError when it does not fit."""
    digits = []
    for _ in range(width):
        number, value = divmod(number, len(DIGITS))
        digits.append(DIGITS[value])
    if number:
        raise OverflowError("the number has more digits")
    return "".join(reversed(digits))


def base62_value(digits: str) -> int:
    """The number that base 62 digits stand for. Raises KeyError for another character."""
    number = 0
    for digit in digits:
        number = number * len(DIGITS) + VALUES[digit]
    return number


def checksum(text: str) -> str:
    """CRC-32 (zlib) of the ASCII text, as 6 base62 digits."""
    rest, last = divmod(zlib.crc32(text.encode("ascii")), len(PAIRS))
    first, middle = divmod(rest, len(PAIRS))
    return PAIRS[first] + PAIRS[middle] + PAIRS[last]


def token_of(kind: TokenKind, value: bytes) -> str:
    """The token whose body is `value` as one big-endian number. Raises OverflowError."""
    text = kind.prefix + base62(int.from_bytes(value, "big"), kind.width)
    return text + checksum(text)


def mint(kind: TokenKind) -> str:
    """A random token: 256 bits where the body has room for them, else as many as it holds."""
    body = base62(secrets.randbelow(min(1 << 256, len(DIGITS) ** kind.width)), kind.width)
    text = kind.prefix + body
    return text + checksum(text)


def body_of(kind: TokenKind, token: str) -> str:
    """The body of a well-formed token of this kind. Raises TokenMalformed.

    Judged in this order: length, prefix, alphabet, checksum.
    """
    if len(token) != kind.characters:
        raise TokenMalformed("length")
    if not token.startswith(kind.prefix):
        raise TokenMalformed("prefix")
    if not ALPHABET.fullmatch(token, PREFIX_CHARACTERS):
        raise TokenMalformed("alphabet")
    text, given = token[:-CHECKSUM_CHARACTERS], token[-CHECKSUM_CHARACTERS:]
    if checksum(text) != given:
        raise TokenMalformed("checksum")
    return text[PREFIX_CHARACTERS:]


def value_of(kind: TokenKind, token: str, size: int) -> bytes:
    """The `size` bytes that the body stands for. Raises TokenMalformed."""
    try:
        return base62_value(body_of(kind, token)).to_bytes(size, "big")
    except OverflowError:
        raise TokenMalformed("value") from None


def fingerprint(kind: TokenKind, token: str) -> bytes:
    """SHA-256 of a well-formed token: all that is kept of it. Raises TokenMalformed."""
    body_of(kind, token)
    return hashlib.sha256(token.encode("ascii")).digest()
