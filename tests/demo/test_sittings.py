"""A sitting of several answers is one check-in; everything else is one entry a request."""

from datetime import UTC, datetime, timedelta

from app.demo.sittings import sendings
from app.demo.story import last_whole_day
from app.demo.written import Draft
from app.journal.kinds.check_in import read_check_in
from tests.demo.diaries import SEEDS, diary_of

PARTS = ("mood", "anxiety", "flashback")


def unpacked(path: str, body: Draft) -> list[Draft]:
    """The entries that a request carries."""
    if path == "/v1/entries":
        return [body]
    shared = {name: body[name] for name in ("occurred_at", "time_zone")}
    return [{"kind": kind, **shared, **body[kind]} for kind in PARTS if kind in body]


def test_the_requests_carry_every_entry_once_and_in_order() -> None:
    for seed in SEEDS[:10]:
        diary = diary_of(seed)
        sent = [
            draft for each in sendings(diary.entries) for draft in unpacked(each.path, each.body)
        ]
        assert sent == [written.draft for written in diary.entries]
        assert sum(each.n_entries for each in sendings(diary.entries)) == len(diary.entries)


def test_check_ins_are_read_and_both_ways_are_shown() -> None:
    sent = list(sendings(diary_of(2).entries))
    check_ins = [each for each in sent if each.path == "/v1/check-ins"]
    assert len(check_ins) > 40
    assert len(sent) - len(check_ins) > 40
    for each in check_ins:
        assert len(read_check_in(each.body)) == each.n_entries


def test_the_last_day_of_the_story_is_over_everywhere() -> None:
    now = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
    for hour in range(48):
        moment = now + timedelta(hours=hour)
        end_of_day = datetime.combine(last_whole_day(moment), datetime.max.time(), UTC)
        assert end_of_day + timedelta(hours=12) < moment
        assert moment - end_of_day < timedelta(hours=36, minutes=1)
