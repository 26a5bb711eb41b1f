"""Cursors are opaque, and only a list's own cursor is taken."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.paging import decode_cursor, decode_place, encode_cursor, encode_place
from app.web.problems import InvalidRequest
from tests.web.sample import a_client, an_app

pytestmark = pytest.mark.anyio


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers())
def test_cursor_comes_back_as_it_was(text: str, number: int) -> None:
    cursor = encode_cursor(text, number)
    assert decode_cursor(cursor, str, int) == (text, number)
    assert cursor.replace("-", "").replace("_", "").isalnum()


def packed(text: str) -> str:
    """A forged cursor."""
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!!",
        "é",
        packed("5"),
        packed("null"),
        packed("[true]"),
        packed('["5"]'),
        packed("[5,6]"),
        packed("[5.0]"),
        packed("[ 5]"),
        packed('{"a":5}'),
        packed("[NaN]"),
        packed("[" * 5000),
        encode_cursor(5) + "=",
        encode_cursor(5) + "A",
    ],
)
def test_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        decode_cursor(cursor, int)
    (fault,) = caught.value.faults
    assert (fault.code, fault.parameter) == ("bad_cursor", "cursor")


def test_a_place_comes_back_as_it_was() -> None:
    place = datetime(2026, 6, 1, 12, 30, 15, 250, tzinfo=UTC), UUID(int=7)
    assert decode_place(encode_place(*place)) == place


@pytest.mark.parametrize(
    ("written", "row_id"),
    [
        ("2026-06-01T12:30:00", str(UUID(int=7))),
        ("2026-06-01T12:30:00+02:00", str(UUID(int=7))),
        ("yesterday", str(UUID(int=7))),
        ("2026-06-01T12:30:00+00:00", "seven"),
    ],
)
def test_a_place_made_by_hand_is_refused(written: str, row_id: str) -> None:
    """Without an offset it would be no instant, and nothing that a database takes."""
    with pytest.raises(InvalidRequest) as caught:
        decode_place(encode_cursor(written, row_id))
    assert [fault.code for fault in caught.value.faults] == ["bad_cursor"]


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_cursors(cursor: str) -> None:
    try:
        (part,) = decode_cursor(cursor, int)
    except InvalidRequest:
        return
    assert encode_cursor(part) == cursor


async def test_pages_follow_one_another() -> None:
    async with a_client(an_app()) as client:
        first = (await client.get("/v1/notes")).json()
        assert len(first["items"]) == 50
        second = await client.get(
            "/v1/notes", params={"cursor": first["next_cursor"], "limit": 200}
        )
        assert (second.status_code, len(second.json()["items"])) == (200, 200)
        assert json.loads(second.text).keys() == {"items", "next_cursor"}
