"""The one strict reading: equal to json.loads on valid texts, and closed to the rest."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.web.json_reading import MOST_DEPTH, MOST_VALUES, TooManyValues, read_json
from app.web.problems import MalformedJson
from tests.web.hostile_json import REFUSED, TAKEN, depth

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


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_hostile_text_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedJson):
        read_json(body)


@pytest.mark.parametrize("name", [name for name in REFUSED if name.startswith("50,001")])
def test_too_many_values_are_a_matter_of_size(name: str) -> None:
    with pytest.raises(TooManyValues) as refused:
        read_json(REFUSED[name])
    assert (refused.value.status, refused.value.code) == (413, "too_many_values")


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
