"""Values that are judged one by one: what one of them breaks is no reason to refuse the others."""

import time
from typing import Any

import pytest

from app.web.json_reading import MOST_DEPTH, read_json
from app.web.problems import MalformedJson
from tests.web.hostile_json import REFUSED, depth


def nested(levels: int) -> list[Any]:
    """Lists in lists, `levels` of them, and an unread value in the innermost."""
    return [nested(levels - 1)] if levels else []


def is_refused(*bodies: bytes) -> None:
    """What is broken beside the member that is judged alone."""
    for body in bodies:
        with pytest.raises(MalformedJson):
            read_json(body, "a")


def is_refused_elsewhere(items: bytes) -> None:
    """The same values anywhere else, and where nothing is judged alone."""
    is_refused(b'{"b":%b,"a":[]}' % items, b'{"b":%b}' % items)
    is_refused(b'{"a":{"a":%b}}' % items, b"[%b]" % items)
    with pytest.raises(MalformedJson):
        read_json(b'{"a":%b}' % items)


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
    is_refused(b'{"a":%b,"b":"\\ud800"}' % items, b'{"a":%b,"\\u0000":1}' % items)
    is_refused_elsewhere(items)


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
    is_refused(
        b'{"a":%b,"b":%b}' % (items, LONG),
        b'{"a":%b,"b":1,"b":1}' % items,
        b'{"a":%b,"a":[]}' % items,
        b'{"a":%b,"b":%b}' % (items, DEEP),
    )
    is_refused_elsewhere(items)


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
