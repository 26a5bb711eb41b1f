"""The table of rotation and the limits of a device, to the microsecond."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.accounts.device_rules import (
    Verdict,
    given_again,
    is_past_limits,
    judge,
    still_signed_in,
)
from app.accounts.spans import GRACE, SKEW, Spans
from app.accounts.store_devices import Device
from app.settings import Settings

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SPANS = Spans(
    access=timedelta(minutes=10),
    idle=timedelta(days=30),
    absolute=timedelta(days=180),
    code=timedelta(minutes=10),
    step_up=timedelta(minutes=5),
)


def a_device(**members: Any) -> Device:
    """A device in use just now, at its seventh generation, whose newest pair was never used."""
    usual = {
        "account_id": UUID(int=1),
        "id": UUID(int=2),
        "sealed_about": b"",
        "created_at": NOW,
        "seen_at": NOW,
        "sealed_secret": b"",
        "generation": 7,
        "confirmed": False,
        "rotated_at": NOW,
        "access_at": NOW,
    }
    return Device(**{**usual, **members})


@pytest.mark.parametrize(
    ("members", "past"),
    [
        ({}, False),
        ({"seen_at": NOW - SPANS.idle}, False),
        ({"seen_at": NOW - SPANS.idle - TICK}, True),
        ({"created_at": NOW - SPANS.absolute}, False),
        ({"created_at": NOW - SPANS.absolute - TICK}, True),
        ({"seen_at": NOW + SPANS.idle * 2, "created_at": NOW + SPANS.idle}, False),
    ],
)
def test_a_device_ends_when_unused_for_too_long_or_too_old(
    members: dict[str, Any], *, past: bool
) -> None:
    device = a_device(**members)
    assert is_past_limits(device, NOW, SPANS) == past
    assert (judge(device, 7, NOW, SPANS) is Verdict.TOO_LATE) == past
    assert still_signed_in([device], NOW, SPANS) == ([] if past else [device])


def test_a_revoked_device_is_signed_in_no_more_and_the_others_are() -> None:
    revoked, living = a_device(revoked_at=NOW), a_device(id=UUID(int=3))
    assert still_signed_in([revoked, living], NOW, SPANS) == [living]


@pytest.mark.parametrize(
    ("generation", "confirmed", "since_rotation", "verdict"),
    [
        (8, False, timedelta(0), Verdict.UNKNOWN),
        (7, False, timedelta(days=9), Verdict.ROTATE),
        (7, True, timedelta(days=9), Verdict.ROTATE),
        (6, False, timedelta(0), Verdict.AGAIN),
        (6, False, timedelta(days=9), Verdict.AGAIN),
        (6, True, GRACE, Verdict.AGAIN),
        (6, True, GRACE + TICK, Verdict.REPLAYED),
        (6, True, -SKEW, Verdict.AGAIN),
        (6, True, -SKEW - TICK, Verdict.REPLAYED),
        (6, False, -SKEW - TICK, Verdict.AGAIN),
        (5, False, timedelta(0), Verdict.REPLAYED),
        (5, True, timedelta(0), Verdict.REPLAYED),
        (0, True, timedelta(0), Verdict.REPLAYED),
    ],
)
def test_every_line_of_the_table(
    generation: int, since_rotation: timedelta, verdict: Verdict, *, confirmed: bool
) -> None:
    device = a_device(confirmed=confirmed, rotated_at=NOW - since_rotation)
    assert judge(device, generation, NOW, SPANS) is verdict


def test_a_pair_given_again_begins_the_grace_anew_until_somebody_uses_it() -> None:
    before = NOW - timedelta(minutes=2)
    waiting = a_device(rotated_at=before, access_at=before)
    assert given_again(waiting, NOW, SPANS) == waiting._replace(rotated_at=NOW)
    used = waiting._replace(confirmed=True)
    assert given_again(used, NOW, SPANS) == used


@pytest.mark.parametrize(
    ("issued_at", "fresh"),
    [
        (NOW, True),
        (NOW - SPANS.access / 2, True),
        (NOW - SPANS.access / 2 - TICK, False),
        (NOW + SKEW, True),
        (NOW + SKEW + TICK, False),
    ],
)
def test_an_access_token_is_given_again_while_half_its_life_is_left(
    issued_at: datetime, *, fresh: bool
) -> None:
    assert SPANS.access_is_fresh(issued_at, NOW) == fresh
    again = given_again(a_device(access_at=issued_at), NOW, SPANS)
    assert again.access_at == (issued_at if fresh else NOW)


@pytest.mark.parametrize(
    ("expires_at", "lives"),
    [
        (NOW, False),
        (NOW + TICK, True),
        (NOW + SPANS.access + SKEW, True),
        (NOW + SPANS.access + SKEW + TICK, False),
    ],
)
def test_an_access_token_lives_until_its_instant_and_for_no_longer_than_any_gets(
    expires_at: datetime, *, lives: bool
) -> None:
    assert SPANS.access_lives(expires_at, NOW) == lives


def test_the_spans_are_those_of_the_settings() -> None:
    settings = Settings(
        access_token_minutes=7,
        refresh_idle_days=20,
        refresh_absolute_days=200,
        mail_code_minutes=9,
        step_up_minutes=3,
    )
    assert Spans.of(settings) == Spans(
        access=timedelta(minutes=7),
        idle=timedelta(days=20),
        absolute=timedelta(days=200),
        code=timedelta(minutes=9),
        step_up=timedelta(minutes=3),
    )
