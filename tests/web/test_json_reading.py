"""The one strict reading: equal to json.loads on valid texts, and closed to the rest."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.web.json_reading import MOST_DEPTH, MOST_VALUES, TooManyValues, read_json
from app.web.problems import MalformedJson

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**38), 10**38)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(TEXTS, inner, max_size=6),
    max_leaves=80,
)

REFUSED = {
    "empty": b"",
    "blank": b"  \n",
    "byte order mark": b'\xef\xbb\xbf{"a":1}',
    "utf-16": '{"a":1}'.encode("utf-16-le"),
    "latin-1": b'{"a":"\xe9"}',
    "overlong": b'{"a":"\xc0\xaf"}',
    "surrogate as bytes": b'{"a":"\xed\xa0\x80"}',
    "NaN": b'{"a":NaN}',
    "Infinity": b"[Infinity]",
    "negative Infinity": b"[-Infinity]",
    "1e400": b"[1e400]",
    "-1e400": b"[-1e400]",
    "1E+0400": b"[1E+0400]",
    "member twice": b'{"a":1,"a":1}',
    "member twice below": b'[{"b":{"a":1,"c":2,"a":3}}]',
    "member twice by escape": b'{"a":1,"\\u0061":2}',
    "number of 41 characters": b"[" + b"1" * 41 + b"]",
    "fraction of 41 characters": b"[0." + b"1" * 39 + b"]",
    "lone high surrogate": b'["\\ud800"]',
    "lone low surrogate": b'["\\uDC00x"]',
    "surrogates in the wrong order": b'["\\ude00\\ud83d"]',
    "lone surrogate as a name": b'{"\\ud800":1}',
    "lone surrogate in a list without a name": b'{"":["\\ud800"]}',
    "half pair behind an escaped backslash": b'["\\\\ud83d\\ude00"]',
    "NUL by escape": b'["a\\u0000b"]',
    "NUL behind two backslashes": b'["\\\\\\u0000"]',
    "NUL raw": b'["a\x00b"]',
    "line feed raw": b'["a\nb"]',
    "garbage behind": b"{} x",
    "two values": b"{}{}",
    "comma at the end": b"[1,]",
    "comma behind the last member": b'{"a":1,}',
    "single quotes": b"{'a':1}",
    "comment": b"[1 /* one */]",
    "plus": b"[+1]",
    "leading zero": b"[01]",
    "hexadecimal": b"[0x1]",
    "bare point": b"[.5]",
    "form feed as blank": b"[\x0c1]",
    "unclosed": b'{"a":[1',
    "unopened": b"]",
    "wrong closer": b"[1}",
    "33 levels": b"[" * 33 + b"]" * 33,
    "33 levels of objects": b'{"a":' * 33 + b"1" + b"}" * 33,
    "33 levels behind masked brackets": b'["]]]]","\\"[",' + b"[" * 32 + b"]" * 32 + b"]",
    "50,001 values": b"[" + b",".join([b"1"] * MOST_VALUES) + b"]",
    "50,001 empty containers": b"[" + b",".join([b"{}"] * MOST_VALUES) + b"]",
}

TAKEN = {
    "32 levels": b"[" * 32 + b"]" * 32,
    "32 levels and 40 wide": b"[" + b",".join([b"[" * 31 + b"]" * 31] * 40) + b"]",
    "50,000 values": b"[" + b",".join([b"1"] * (MOST_VALUES - 1)) + b"]",
    "50,000 empty containers": b"[" + b",".join([b"[ ]"] * (MOST_VALUES - 1)) + b"]",
    "number of 40 characters": b"[" + b"1" * 40 + b"]",
    "1e308": b"[1e308]",
    "-0": b"[-0]",
    "brackets in texts": b'["[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[","\\"[[[[","\\\\"]',
    "a hundred thousand commas in a text": b'["' + b"," * 200_000 + b'"]',
    "surrogate pair": b'["\\ud83d\\ude00"]',
    "escaped backslash before u0000": b'["\\\\u0000"]',
    "escaped backslash before a surrogate": b'["\\\\ud800"]',
    "byte order mark inside a text": '["\ufeff"]'.encode(),
    "divider of digits in a text": b'["' + b"-" * 60 + b"9" * 60 + b'"]',
    "scalar": b"true",
    "blanks around": b" \t\r\n[1] \n",
}


def nested(levels: int) -> list[Any]:
    """Lists in lists, `levels` of them, and an unread value in the innermost."""
    return [nested(levels - 1)] if levels else []


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_hostile_text_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedJson):
        read_json(body)


@pytest.mark.parametrize("name", [name for name in REFUSED if name.startswith("50,001")])
def test_too_many_values_are_a_matter_of_size(name: str) -> None:
    with pytest.raises(TooManyValues) as refused:
        read_json(REFUSED[name])
    assert (refused.value.status, refused.value.code) == (413, "too_many_values")


@pytest.mark.parametrize(
    ("items", "read"),
    [
        (b'["a\\u0000", "b"]', [[], "b"]),
        (b'["\\ud83d\\ude00", "\\ud83d"]', ["😀", []]),
        (b'[{"a":["x","\\udc00"]},{"\\ud800":1}]', [{"a": ["x", []]}, {"": 1}]),
        (b'["\\\\u0000\\\\ud800", "\\u0000"]', ["\\u0000\\ud800", []]),
    ],
)
def test_what_is_judged_alone_loses_its_false_texts_alone(items: bytes, read: object) -> None:
    assert read_json(b'{"a":%b,"b":"whole"}' % items, "a") == {"a": read, "b": "whole"}
    for body in (
        b'{"a":%b,"b":"\\ud800"}' % items,
        b'{"a":%b,"\\u0000":1}' % items,
        b'{"b":%b,"a":[]}' % items,
        b'{"b":%b}' % items,
        b'{"a":{"a":%b}}' % items,
        b"[%b]" % items,
    ):
        with pytest.raises(MalformedJson):
            read_json(body, "a")
    with pytest.raises(MalformedJson):
        read_json(b'{"a":%b}' % items)


LONG = b"0." + b"1" * 39
DEEP = b"[" * 40 + b'"]]"' + b"]" * 40


@pytest.mark.parametrize(
    ("items", "read"),
    [
        (b'[{"a":%b,"b":2},%b,3]' % (LONG, b"1" * 41), [{"a": [], "b": 2}, [], 3]),
        (b"[-1e400,1E+0400,1e308]", [[], [], 1e308]),
        (
            b'[{"a":1,"a":1,"b":[2]},{"c":{"d":1,"\\u0064":2}}]',
            [{"a": [], "b": [2]}, {"c": {"d": []}}],
        ),
        (
            b'["[[[[\\"[",%b,{"a":%b},"]"]' % (DEEP, DEEP),
            ['[[[["[', nested(30), {"a": nested(29)}, "]"],
        ),
        (b'[{"a":%b,"b":"\\u0000"}]' % LONG, [{"a": [], "b": []}]),
    ],
)
def test_what_is_judged_alone_is_unread_alone(items: bytes, read: object) -> None:
    assert read_json(b'{"a":%b,"b":"whole"}' % items, "a") == {"a": read, "b": "whole"}
    for body in (
        b'{"a":%b,"b":%b}' % (items, LONG),
        b'{"a":%b,"b":1,"b":1}' % items,
        b'{"a":%b,"a":[]}' % items,
        b'{"a":%b,"b":%b}' % (items, DEEP),
        b'{"b":%b,"a":[]}' % items,
        b'{"a":{"a":%b}}' % items,
        b"[%b]" % items,
    ):
        with pytest.raises(MalformedJson):
            read_json(body, "a")
    with pytest.raises(MalformedJson):
        read_json(b'{"a":%b}' % items)


@pytest.mark.parametrize("unread", [LONG, b"1e999", DEEP, b'{"a":1,"a":1}'])
def test_a_value_in_place_of_what_is_judged_alone_is_no_list(unread: bytes) -> None:
    with pytest.raises(MalformedJson):
        read_json(b'{"a":%b}' % unread if unread is not DEEP else b'{"b":%b,"a":[]}' % unread, "a")


def test_depth_inside_what_is_judged_alone_is_cut_without_recursion() -> None:
    deep = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
    body = b'{"a":[%b,{"b":1}],"c":2}' % deep
    started = time.thread_time()
    read = read_json(body, "a")
    assert time.thread_time() - started < 0.1
    assert isinstance(read, dict)
    assert (depth(read), read["a"][1], read["c"]) == (MOST_DEPTH + 1, {"b": 1}, 2)


ALONE = ("lone", "surrogates in", "half pair", "NUL by", "NUL behind")
UNREAD = ("1e400", "-1e400", "1E+", "member twice", "number of 41", "fraction of 41", "33 levels")
NOTHING = ("empty", "blank")


@pytest.mark.parametrize("name", [name for name in REFUSED if not name.startswith(ALONE + UNREAD)])
def test_every_other_rule_holds_for_what_is_judged_alone_too(name: str) -> None:
    body = b'{"a":[%b]}' % (REFUSED[name] if name not in NOTHING else b"1,")
    with pytest.raises(MalformedJson):
        read_json(body, "a")


@pytest.mark.parametrize("body", TAKEN.values(), ids=TAKEN.keys())
def test_valid_text_is_taken(body: bytes) -> None:
    assert read_json(body) == json.loads(body)


@given(VALUES, st.sampled_from([{"ensure_ascii": False}, {"indent": 1}]))
@settings(max_examples=200, deadline=None)
def test_valid_json_reads_as_the_standard_library_reads_it(
    value: object, style: dict[str, Any]
) -> None:
    body = json.dumps(value, **style).encode()
    assert read_json(body) == json.loads(body) == value


@given(VALUES, st.data())
@settings(max_examples=200, deadline=None)
def test_broken_json_is_refused_or_reads_as_the_standard_library_reads_it(
    value: object, data: st.DataObject
) -> None:
    body = bytearray(json.dumps(value).encode())
    body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.sampled_from(b'[]{}",:\\0u9-'))
    try:
        read = read_json(bytes(body))
    except MalformedJson:
        return
    assert read == json.loads(body)


def depth(value: Any) -> int:
    """Levels of containers, counted the plain way."""
    if not isinstance(value, list | dict):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max((depth(each) for each in inner), default=0)


def count(value: Any) -> int:
    """Values, counted the plain way."""
    if not isinstance(value, list | dict):
        return 1
    return 1 + sum(count(each) for each in (value.values() if isinstance(value, dict) else value))


BRACKETED = st.text('[]{}",\\: ab', max_size=12)


@given(
    st.recursive(
        st.just(0) | BRACKETED,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(BRACKETED, inner, max_size=3),
        max_leaves=60,
    ),
    st.integers(0, 40),
)
@settings(max_examples=200, deadline=None)
def test_depth_is_found_whatever_stands_in_texts(value: Any, wrapped: int) -> None:
    for _ in range(wrapped):
        value = [value, "]"]
    body = json.dumps(value).encode()
    if depth(value) <= MOST_DEPTH:
        assert read_json(body) == value
    else:
        with pytest.raises(MalformedJson):
            read_json(body)


@pytest.mark.parametrize("spare", [0, 1])
def test_values_are_counted_exactly_whatever_stands_in_texts(spare: int) -> None:
    part: Any = ['a,b,"c"', {"x,y": [], "z": {}}, [[], 1.5, None], "\\"]
    value = [part] * (MOST_VALUES // count(part) - 1)
    value += [0] * (MOST_VALUES - count(value) + spare)
    assert count(value) == MOST_VALUES + spare
    body = json.dumps(value).encode()
    if spare:
        with pytest.raises(MalformedJson):
            read_json(body)
    else:
        assert read_json(body) == value


SLOW = {
    "digits": b"9" * 1_000_000,
    "fraction": b"0." + b"1" * 1_000_000,
    "exponent": b"1e" + b"9" * 1_000_000,
    "open brackets": b"[" * 1_000_000,
    "100,000 brackets": b"[" * 50_000 + b"]" * 50_000,
    "open objects": b'{"a":' * 200_000,
    "quotation marks": b'"' * 1_000_000,
    "backslashes": b'["' + b"\\" * 1_000_000,
    "half a million numbers": b"[" + b",".join([b"1"] * 500_000) + b"]",
    "empty containers": b"[" + b"[]," * 340_000 + b"[]]",
    "signs": b"-" * 1_000_000,
    "blanks": b" " * 1_000_000,
}


@pytest.mark.parametrize("body", SLOW.values(), ids=SLOW.keys())
@pytest.mark.parametrize("judged_alone", [None, "a"])
def test_hostile_text_of_a_megabyte_costs_milliseconds(
    body: bytes, judged_alone: str | None
) -> None:
    started = time.thread_time()
    with pytest.raises(MalformedJson):
        read_json(body, judged_alone)
    assert time.thread_time() - started < 0.1


def test_refusal_holds_nothing_of_the_text() -> None:
    for body in (b'{"canary":1,"canary":2}', b'["canary\\ud800"]', b'{"a":canary}'):
        with pytest.raises(MalformedJson) as caught:
            read_json(body)
        assert "canary" not in f"{caught.value!r}{caught.value.detail}{caught.value.__cause__}"
