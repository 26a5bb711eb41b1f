"""The one strict reading of JSON; every body of a request goes through it once."""

import json
import re
from collections import Counter
from collections.abc import Callable
from math import isinf
from typing import NoReturn

from app.web.json_texts import fault_of_escapes, texts_of
from app.web.problems import MalformedJson

MOST_DEPTH = 32
MOST_VALUES = 50_000
MOST_NUMBER_CHARACTERS = 40

LONG_NUMBER = "A number has more than 40 characters."
TWICE = "A member stands twice in one object."
DEEP = "The body is nested deeper than 32 levels."
NO_VALUE = "The body is not one JSON value."
MANY_VALUES = "The body holds more than 50,000 values."

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# For counting, all that matters is where containers open, close and go on, outside strings.
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_BLANKS = b" \t\r\n"
_NO_MARKS = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_BRACKET = re.compile(r"[\[\]{}]")
_TOO_DEEP = "1e" + "0" * MOST_NUMBER_CHARACTERS
"""Stands where a value too deep was: a number that is refused when it is read."""


class TooManyValues(MalformedJson):
    """The body holds more values than are read at once: the client sends less, as with bytes."""

    status = 413
    code = "too_many_values"
    title = "The body holds too many values"


def read_json(body: bytes, judged_alone: str | None = None) -> object:
    """The value of a JSON text: dict, list, str, int, float, bool or None.

    Stricter than RFC 8259 asks: UTF-8 without a byte order mark; no NaN, no Infinity, no number
    beyond a double; no member twice; at most 32 levels, 50,000 values and 40 characters a number;
    no lone surrogate and no NUL. Raises MalformedJson, which names the rule and never the text;
    too many values are the TooManyValues of it.

    `judged_alone` names the member of the body whose values are judged one by one. What one of
    them breaks inside is no reason to refuse the others: a text with a lone surrogate or NUL, a
    number that is too long or too large, a member that stands twice and a value below the 32nd
    level are read as an empty list, which no rule takes, neither that of a text nor of a list.
    """
    if body.startswith(BYTE_ORDER_MARK):
        raise MalformedJson("The body begins with a byte order mark.")
    deep = _is_deep(body)
    if deep and judged_alone is None:
        raise MalformedJson(DEEP)
    try:
        text = body.decode("utf-8")
        value = _value_of(_without_depths(text) if deep else text, judged_alone)
    except UnicodeDecodeError:
        raise MalformedJson("The body is not UTF-8.") from None
    except (ValueError, RecursionError):
        raise MalformedJson(NO_VALUE) from None
    return _without_false_texts(body, value, judged_alone)


class _Unread(list[object]):
    """An empty list in place of a value that broke a rule of the reading."""

    def __init__(self, fault: str) -> None:
        super().__init__()
        self.fault = fault


def _value_of(text: str, judged_alone: str | None) -> object:
    try:
        return _STRICT.decode(text)
    except MalformedJson:
        if judged_alone is None:
            raise
    value = _LENIENT.decode(text)
    _check_read(_beside(value, judged_alone))
    return value


def _beside(value: object, judged_alone: str | None) -> object:
    """The value without what is judged alone."""
    if judged_alone and isinstance(value, dict) and type(value.get(judged_alone)) is list:
        return {**value, judged_alone: []}
    return value


def _check_read(value: object) -> None:
    """At most 32 calls deep."""
    if isinstance(value, _Unread):
        raise MalformedJson(value.fault)
    if isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            _check_read(each)


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedJson(TWICE)
    return members


def _members_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The members, one that stands twice unread."""
    members = dict(pairs)
    if len(members) != len(pairs):
        counted = Counter(name for name, _ in pairs)
        members |= {name: _Unread(TWICE) for name, times in counted.items() if times > 1}
    return members


# The length of a number is looked at first: converting takes time that grows with its square.
def _whole_number(digits: str) -> int:
    if len(digits) > MOST_NUMBER_CHARACTERS:
        raise MalformedJson(LONG_NUMBER)
    return int(digits)


def _number(digits: str) -> float:
    if len(digits) > MOST_NUMBER_CHARACTERS:
        raise MalformedJson(DEEP if digits == _TOO_DEEP else LONG_NUMBER)
    number = float(digits)
    if isinf(number):
        raise MalformedJson("A number is too large for a double.")
    return number


def _refuse_constant(_name: str) -> NoReturn:
    raise MalformedJson("NaN and Infinity are no JSON numbers.")


def _or_unread(number: Callable[[str], float]) -> Callable[[str], object]:
    def read(digits: str) -> object:
        try:
            return number(digits)
        except MalformedJson as refusal:
            return _Unread(refusal.detail or NO_VALUE)

    return read


_STRICT = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_float=_number,
    parse_int=_whole_number,
    parse_constant=_refuse_constant,
)
_LENIENT = json.JSONDecoder(
    object_pairs_hook=_members_once,
    parse_float=_or_unread(_number),
    parse_int=_or_unread(_whole_number),
    parse_constant=_refuse_constant,
)


def _is_deep(body: bytes) -> bool:
    """Whether it is too deep; both depth and number of values are counted without recursion.

    A body with few brackets cannot be deep, and each value takes two bytes. Raises MalformedJson
    where brackets do not match, TooManyValues.
    """
    long = len(body) > 2 * MOST_VALUES
    if not long and body.count(b"[") + body.count(b"{") <= MOST_DEPTH:
        return False
    if b"\\" in body:
        # Escapes are read from the left, so pairs of backslashes go first.
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    brackets = _brackets(body)
    deep = _are_deep(brackets)
    if long and body.count(b",") + len(brackets) // 2 >= MOST_VALUES:
        _check_values(body)
    return deep


def _brackets(body: bytes) -> bytes:
    """The brackets outside strings, all square."""
    marks = body.translate(_BRACKETS, _NO_MARKS)
    # A string without brackets leaves two quotation marks, which change nothing for the others.
    return b"".join(marks.replace(b'""', b"").split(b'"')[::2])


def _are_deep(brackets: bytes) -> bool:
    """Take innermost pairs away, level by level, until nothing is left."""
    if len(brackets) > 2 * MOST_VALUES:
        raise TooManyValues(MANY_VALUES)
    for _ in range(MOST_DEPTH):
        inner = brackets.replace(b"[]", b"")
        if not inner:
            return False
        if len(inner) == len(brackets):  # they do not match; the parser would say so too
            raise MalformedJson(NO_VALUE)
        brackets = inner
    return True


def _without_depths(text: str) -> str:
    """The text with a number that is refused in place of each value below the 32nd level."""
    kept: list[str] = []
    depth = done = 0
    for bracket in _BRACKET.finditer(_outside_strings(text)):
        opens = bracket[0] in "[{"
        depth += 1 if opens else -1
        if opens and depth == MOST_DEPTH + 1:
            kept.append(text[done : bracket.start()])
        elif not opens and depth == MOST_DEPTH:
            kept.append(_TOO_DEEP)
            done = bracket.end()
    if depth:
        raise MalformedJson(NO_VALUE)
    return "".join([*kept, text[done:]])


def _outside_strings(text: str) -> str:
    """The text with blanks in place of what stands in strings, as long as before."""
    parts = text.replace("\\\\", "  ").replace('\\"', "  ").split('"')
    return '"'.join(" " * len(part) if odd % 2 else part for odd, part in enumerate(parts))


def _check_values(body: bytes) -> None:
    """One value, one more after each comma, and one in each container that is not empty."""
    outside = b'"'.join(body.split(b'"')[::2])
    marks = outside.translate(_BRACKETS, _BLANKS)
    if 1 + marks.count(b",") + marks.count(b"[") - marks.count(b"[]") > MOST_VALUES:
        raise TooManyValues(MANY_VALUES)


def _without_false_texts(body: bytes, value: object, judged_alone: str | None) -> object:
    fault = fault_of_escapes(body, value)
    if not fault:
        return value
    rest = _beside(value, judged_alone)
    if texts_of(rest) != rest:
        raise MalformedJson(fault)
    return texts_of(value)
