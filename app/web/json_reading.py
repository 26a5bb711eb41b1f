"""The one strict reading of JSON; every body of a request goes through it once."""

import json
import re
from math import isinf
from typing import NoReturn

from app.web.problems import MalformedJson

MOST_DEPTH = 32
MOST_VALUES = 50_000
MOST_NUMBER_CHARACTERS = 40

LONG_NUMBER = "A number has more than 40 characters."
MANY_VALUES = "The body holds more than 50,000 values."

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")

# For counting, all that matters is where containers open, close and go on, outside strings.
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_BLANKS = b" \t\r\n"
_NO_MARKS = bytes(byte for byte in range(256) if byte not in b'[]{}"')


def read_json(body: bytes) -> object:
    """The value of a JSON text: dict, list, str, int, float, bool or None.

    Stricter than RFC 8259 asks: UTF-8 without a byte order mark; no NaN, no Infinity, no number
    beyond a double; no member twice; at most 32 levels, 50,000 values and 40 characters a number;
    no lone surrogate and no NUL. Raises MalformedJson, which names the rule and never the text.
    """
    if body.startswith(BYTE_ORDER_MARK):
        raise MalformedJson("The body begins with a byte order mark.")
    _check_size(body)
    try:
        value = _DECODER.decode(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise MalformedJson("The body is not UTF-8.") from None
    except (ValueError, RecursionError):
        raise MalformedJson("The body is not one JSON value.") from None
    _check_escapes(body, value)
    return value


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedJson("A member stands twice in one object.")
    return members


# The length of a number is looked at first: converting takes time that grows with its square.
def _whole_number(digits: str) -> int:
    if len(digits) > MOST_NUMBER_CHARACTERS:
        raise MalformedJson(LONG_NUMBER)
    return int(digits)


def _number(digits: str) -> float:
    if len(digits) > MOST_NUMBER_CHARACTERS:
        raise MalformedJson(LONG_NUMBER)
    number = float(digits)
    if isinf(number):
        raise MalformedJson("A number is too large for a double.")
    return number


def _refuse_constant(_name: str) -> NoReturn:
    raise MalformedJson("NaN and Infinity are no JSON numbers.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_float=_number,
    parse_int=_whole_number,
    parse_constant=_refuse_constant,
)


def _check_size(body: bytes) -> None:
    """Depth and number of values, counted without recursion.

    A body with few brackets cannot be deep, and each value takes two bytes.
    """
    long = len(body) > 2 * MOST_VALUES
    if not long and body.count(b"[") + body.count(b"{") <= MOST_DEPTH:
        return
    if b"\\" in body:
        # Escapes are read from the left, so pairs of backslashes go first.
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    brackets = _brackets(body)
    _check_depth(brackets)
    if long and body.count(b",") + len(brackets) // 2 >= MOST_VALUES:
        _check_values(body)


def _brackets(body: bytes) -> bytes:
    """The brackets outside strings, all square."""
    marks = body.translate(_BRACKETS, _NO_MARKS)
    # A string without brackets leaves two quotation marks, which change nothing for the others.
    return b"".join(marks.replace(b'""', b"").split(b'"')[::2])


def _check_depth(brackets: bytes) -> None:
    """Take innermost pairs away, level by level, until nothing is left."""
    if len(brackets) > 2 * MOST_VALUES:
        raise MalformedJson(MANY_VALUES)
    for _ in range(MOST_DEPTH):
        inner = brackets.replace(b"[]", b"")
        if not inner:
            return
        if len(inner) == len(brackets):  # they do not match; the parser would say so too
            raise MalformedJson("The body is not one JSON value.")
        brackets = inner
    raise MalformedJson("The body is nested deeper than 32 levels.")


def _check_values(body: bytes) -> None:
    """One value, one more after each comma, and one in each container that is not empty."""
    outside = b'"'.join(body.split(b'"')[::2])
    marks = outside.translate(_BRACKETS, _BLANKS)
    if 1 + marks.count(b",") + marks.count(b"[") - marks.count(b"[]") > MOST_VALUES:
        raise MalformedJson(MANY_VALUES)


def _check_escapes(body: bytes, value: object) -> None:
    """Escapes can write what bytes cannot: NUL and halves of a surrogate pair."""
    if b"\\" not in body or b"\\u" not in body:  # one byte is found ten times as fast as two
        return
    if b"\\u0000" in body and b"\\u0000" in body.replace(b"\\\\", b""):
        raise MalformedJson("A text holds NUL.")
    if SURROGATE_ESCAPE.search(body):
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            raise MalformedJson("A text holds half of a surrogate pair.") from None
