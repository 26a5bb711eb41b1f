"""An example that is not true fails: in a value, a member, a type, a status or a header."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.clocks import SetClock
from tests.engines import sqlite_url
from tests.guides.follower import ORIGIN, Follower
from tests.guides.likeness import Known, compare, filled
from tests.guides.pages import Exchange, InsideOfLink, Message, steps_of
from tests.service import running

REAL = {"id": "a-1", "n": 6.0, "ok": False, "list": [1, 2], "inner": {"text": "two\nlines"}}
TRUE: dict[str, Any] = {
    "whole": REAL,
    "a name": {**REAL, "id": "a-{name}"},
    "a text left out": {**REAL, "inner": {"text": "two…"}},
    "members left out": {"n": 6, "…": "…"},
    "values left out": {**REAL, "list": [1, "…"]},
}
UNTRUE: dict[str, Any] = {
    "another number": {**REAL, "n": 6.5},
    "another text": {**REAL, "inner": {"text": "two lines"}},
    "a part of a text": {**REAL, "id": "a"},
    "a number for a truth": {**REAL, "ok": 0},
    "a text for a number": {**REAL, "n": "{name}"},
    "another list": {**REAL, "list": [2, 1]},
    "a value too few": {**REAL, "list": [1]},
    "a value too many": {**REAL, "list": [1, 2, 3]},
    "more values than there are": {**REAL, "list": [1, 2, "…"]},
    "a member too few": {"id": "a-1"},
    "a member too many": {**REAL, "more": 1},
    "more members than there are": {**REAL, "…": "…"},
    "a name that was another": {**REAL, "id": "a-{known}"},
    "an object for a list": {**REAL, "list": {}},
}


@pytest.mark.parametrize("shown", TRUE.values(), ids=TRUE)
def test_what_is_true_passes(shown: Any) -> None:
    compare(shown, REAL, {})


@pytest.mark.parametrize("shown", UNTRUE.values(), ids=UNTRUE)
def test_what_is_not_true_fails(shown: Any) -> None:
    with pytest.raises(AssertionError):
        compare(shown, REAL, {"known": "2"})


def test_a_name_is_learnt_and_sent() -> None:
    known: Known = {}
    compare({"id": "a-{name}", "n": ["{other}"]}, {"id": "a-1", "n": ["x"]}, known)
    assert known == {"name": "1", "other": "x"}
    assert filled({"a": ["{name}{other}", 1]}, known) == {"a": ["1x", 1]}
    with pytest.raises(KeyError):
        filled("{nobody}", known)


GOOD = 'POST /a\nIf-Match: "1"\n{"b": 1}\n\nHTTP/1.1 201\nETag: "2"\n{\n  "c": 2\n}\n'


def test_a_page_is_read_in_order() -> None:
    page = f'# A\n```http\n{GOOD}```\n<!-- 2 minutes later -->\n```json\n{{"d": 3}}\n```\n'
    assert list(steps_of(page)) == [
        Exchange(
            "POST",
            "/a",
            Message({"If-Match": '"1"'}, {"b": 1}),
            201,
            Message({"ETag": '"2"'}, {"c": 2}),
        ),
        timedelta(minutes=2),
        InsideOfLink({"d": 3}),
    ]


@pytest.mark.parametrize(
    "block",
    [
        "```sh\ncurl\n```",
        "```http\nGET /a\n```",
        "```http\nGET /a\n\n200 OK\n```",
        "```http\nFETCH /a\n\nHTTP/1.1 200\n```",
        "```http\nGET /a\n\nHTTP/1.1 200\n{\n```",
    ],
)
def test_a_block_that_cannot_be_tried_fails(block: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(steps_of(f"{block}\n"))


WELL = Exchange("GET", "/v1/crisis-resources", Message({}), 200, Message({}, {"…": "…"}))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("untrue", "told"),
    [
        (replace(WELL, status=201), "200"),
        (replace(WELL, told=Message({"ETag": "…"}, {"…": "…"})), "no ETag"),
        (replace(WELL, told=Message({"Cache-Control": "no-store"}, {"…": "…"})), "Cache-Control"),
        (replace(WELL, told=Message({}, {"country": "US", "…": "…"})), "country"),
        (replace(WELL, told=Message({})), "ZZ"),
    ],
)
async def test_an_untrue_exchange_fails(untrue: Exchange, told: str, tmp_path: Path) -> None:
    clock = SetClock(datetime(2026, 6, 1, 12, tzinfo=UTC))
    async with running(sqlite_url(tmp_path), tmp_path, clock, public_url=ORIGIN) as service:
        await Follower(service).follow([WELL])
        with pytest.raises(AssertionError, match=told):
            await Follower(service).follow([untrue])
