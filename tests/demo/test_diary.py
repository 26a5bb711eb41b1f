"""The synthetic diary obeys the rules of the journal, whatever seed, length and date."""

from collections import defaultdict
from datetime import UTC, date, timedelta
from uuid import RFC_4122, UUID

import pytest

from app.demo.calendar import TRIP_DAYS, clock_changes
from app.demo.diary import Diary, synthetic_diary
from app.demo.written import Draft
from app.journal.kinds import LinkedSession, RuleContext, judge, read_draft
from tests.demo.diaries import DAYS, LAST_DAY, SEEDS, at, diary_of

HOUR = timedelta(hours=1)


def judge_in_turn(diary: Diary) -> None:
    """Every entry is read and judged at the instant it was written, after those before it."""
    sessions: dict[str, LinkedSession] = {}
    for written in diary.entries:
        draft = read_draft(written.draft)
        session = sessions.get(str(written.draft.get("session_id")))
        now = written.written_at.astimezone(UTC)
        assert judge(draft.content, RuleContext(now, session)) == []
        if draft.content.kind == "session":
            sessions[str(draft.id)] = LinkedSession(draft.id, "completed", draft.content.instant)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_entry_is_accepted_when_it_is_written(seed: int) -> None:
    judge_in_turn(diary_of(seed))


@pytest.mark.parametrize("month", range(1, 13))
def test_every_entry_is_accepted_in_every_season(month: int) -> None:
    judge_in_turn(synthetic_diary(month, date(2027, month, 15)))


@pytest.mark.parametrize("days", [1, 2, 3, 7, 10, 14, 17, 30, 40, 60, 400])
def test_every_length_is_a_diary(days: int) -> None:
    diary = synthetic_diary(5, LAST_DAY, days)
    judge_in_turn(diary)
    first = LAST_DAY - timedelta(days=days - 1)
    assert diary.entries
    assert all(first <= at(each.draft).date() <= LAST_DAY for each in diary.entries)


@pytest.mark.parametrize("ratings", [1, 2, 3, 6])
def test_any_number_of_ratings_a_day_is_accepted(ratings: int) -> None:
    judge_in_turn(synthetic_diary(8, LAST_DAY, a_day=ratings))


def test_the_same_seed_gives_the_same_diary() -> None:
    again = synthetic_diary(3, LAST_DAY)
    assert again.entries == diary_of(3).entries
    assert synthetic_diary(4, LAST_DAY).entries != again.entries


def test_ids_have_the_shape_of_version_7_and_never_repeat() -> None:
    ids = [UUID(each.draft["id"]) for seed in SEEDS for each in diary_of(seed).entries]
    assert {(each.version, each.variant) for each in ids} == {(7, RFC_4122)}
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_clocks_change_at_home(seed: int) -> None:
    diary = diary_of(seed)
    at_home = [at(each.draft) for each in diary.entries if is_at(each.draft, diary.places.home)]
    assert len({each.utcoffset() for each in at_home}) == 2


@pytest.mark.parametrize("seed", SEEDS)
def test_the_trip_is_written_down_at_least_five_hours_away(seed: int) -> None:
    diary = diary_of(seed)
    offsets = defaultdict(set)
    for written in diary.entries:
        moment = at(written.draft)
        offsets[written.draft["time_zone"]].add(moment.utcoffset() or timedelta(0))
        away = timedelta(0) <= moment.date() - diary.places.trip_from < timedelta(days=TRIP_DAYS)
        assert is_at(written.draft, diary.places.away if away else diary.places.home)
    assert set(offsets) == {diary.places.home, diary.places.away}
    there, here = offsets[diary.places.away], offsets[diary.places.home]
    assert max(abs(one - other) for one in there for other in here) >= 5 * HOUR


def test_the_clocks_change_in_any_120_days_but_those_of_one_summer() -> None:
    ends = [date(2027, 1, 1) + timedelta(days=number) for number in range(365)]
    without = [end for end in ends if not has_change(synthetic_diary(1, end))]
    assert all(date(2027, 8, 20) <= end <= date(2027, 9, 6) for end in without)


@pytest.mark.parametrize("seed", SEEDS)
def test_sessions_are_at_home_and_the_last_has_its_next_morning(seed: int) -> None:
    diary = diary_of(seed)
    assert len(diary.sessions) >= 8
    for session in diary.sessions:
        assert not diary.places.is_away(session.day)
        assert session.day <= LAST_DAY - timedelta(days=2)


def test_ten_years_are_made_in_seconds() -> None:
    diary = synthetic_diary(1, LAST_DAY, days=3653, a_day=4)
    assert len(diary.entries) >= 15_000
    assert (LAST_DAY - at(diary.entries[0].draft).date()).days > 3640


def is_at(draft: Draft, zone: str) -> bool:
    return bool(draft["time_zone"] == zone)


def has_change(diary: Diary) -> bool:
    first = diary.levels.first
    return clock_changes(diary.places.home, [first + timedelta(days=n) for n in range(DAYS)])
