"""The general limit of signed-in requests, in a worker's memory."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.limits import Limit
from app.throttling import paces
from app.throttling.paces import Pace

ME = UUID(int=1)


class Seconds:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(
    times=st.integers(1, 20),
    seconds=st.integers(1, 60),
    pauses=st.lists(st.floats(0, 30), min_size=1, max_size=80),
)
def test_no_span_sees_more_than_a_burst_and_what_empties_meanwhile(
    times: int, seconds: int, pauses: list[float]
) -> None:
    clock = Seconds()
    pace = Pace(Limit(times, seconds), clock)
    admitted = []
    for pause in pauses:
        clock.now += pause
        if pace.take(ME) == 0:
            admitted.append(clock.now)
    for first in admitted:
        inside = sum(first <= each < first + seconds for each in admitted)
        assert inside <= 2 * times
        assert sum(each == first for each in admitted) <= times


def test_a_full_pace_says_when_the_next_request_is_worth_it() -> None:
    clock = Seconds()
    pace = Pace(Limit(6, 60), clock)
    assert [pace.take(ME) for _ in range(6)] == [0] * 6
    assert pace.take(ME) == pytest.approx(10)
    clock.now += 4
    assert pace.take(ME) == pytest.approx(6)
    clock.now += 5.9
    assert pace.take(ME) == pytest.approx(0.1)
    clock.now += 0.1
    assert pace.take(ME) == 0
    assert pace.take(ME) == pytest.approx(10)


def test_accounts_do_not_share_a_pace() -> None:
    pace = Pace(Limit(1, 60), Seconds())
    assert pace.take(ME) == 0
    assert pace.take(UUID(int=2)) == 0
    assert pace.take(ME) > 0


def test_memory_is_kept_small_and_those_who_are_busy_are_not_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(paces, "MOST_SUBJECTS", 100)
    clock = Seconds()
    pace = Pace(Limit(2, 60), clock)
    for _ in range(90):
        pace.take(uuid4())
    clock.now += 100
    assert [pace.take(ME) for _ in range(2)] == [0, 0]
    for _ in range(40):
        pace.take(uuid4())
    assert pace.take(ME) > 0
    for _ in range(500):
        pace.take(uuid4())
    assert len(pace._empty_at) <= 101


def test_when_all_are_busy_the_newest_half_stays_and_nobody_goes_before_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(paces, "MOST_SUBJECTS", 12)
    pace = Pace(Limit(1, 60), Seconds())
    crowd = [UUID(int=each) for each in range(13)]
    assert [pace.take(each) for each in crowd[:12]] == [0] * 12
    assert all(pace.take(each) > 0 for each in crowd[:12])
    assert pace.take(crowd[12]) == 0
    assert list(pace._empty_at) == crowd[-6:]


def test_those_who_asked_for_nothing_lately_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paces, "MOST_SUBJECTS", 12)
    clock = Seconds()
    pace = Pace(Limit(1, 60), clock)
    pace.take(UUID(int=99))
    clock.now += 60
    busy = [UUID(int=each) for each in range(12)]
    for each in busy:
        pace.take(each)
    assert list(pace._empty_at) == busy
