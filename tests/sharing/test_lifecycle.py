"""What a share is, from its columns and the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.sharing.lifecycle import is_alive, is_readable, share_status

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)


@dataclass(frozen=True)
class Columns:
    """The columns that matter, of a share that lives."""

    expires_at: datetime = LATER
    revoked_at: datetime | None = None
    tries_left: int = 10
    max_openings: int | None = None
    openings: int = 0


@pytest.mark.parametrize(
    ("columns", "status"),
    [
        ({}, "active"),
        ({"openings": 5000}, "active"),
        ({"tries_left": 1}, "active"),
        ({"max_openings": 3, "openings": 2}, "active"),
        ({"expires_at": NOW}, "expired"),
        ({"expires_at": EARLIER}, "expired"),
        ({"tries_left": 0}, "locked"),
        ({"max_openings": 3, "openings": 3}, "used_up"),
        ({"max_openings": 1, "openings": 1, "expires_at": EARLIER}, "used_up"),
        ({"tries_left": 0, "expires_at": EARLIER}, "locked"),
        ({"revoked_at": EARLIER}, "revoked"),
        ({"revoked_at": EARLIER, "tries_left": 0, "expires_at": EARLIER}, "revoked"),
    ],
)
def test_status_follows_from_columns_and_clock(columns: dict[str, Any], status: str) -> None:
    share = Columns(**columns)
    assert share_status(share, NOW) == status
    assert is_alive(share, NOW) == (status == "active")


def test_share_dies_by_the_clock_alone() -> None:
    share = Columns(expires_at=NOW)
    assert is_alive(share, NOW - timedelta(microseconds=1))
    assert not is_alive(share, NOW)


@pytest.mark.parametrize(
    ("columns", "readable"),
    [
        ({}, True),
        ({"tries_left": 1}, True),
        ({"max_openings": 3, "openings": 3}, True),
        ({"tries_left": 0}, False),
        ({"revoked_at": EARLIER}, False),
        ({"expires_at": NOW}, False),
        ({"expires_at": EARLIER}, False),
    ],
)
def test_a_ticket_outlives_the_last_opening_and_nothing_else(
    columns: dict[str, Any], *, readable: bool
) -> None:
    assert is_readable(Columns(**columns), NOW) == readable
