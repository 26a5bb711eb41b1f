"""Flashbacks without contact: dates and days just below, at and above."""

import pytest

from tests.safety.journals import DOSE, entry, flashback, seen


@pytest.mark.parametrize(
    ("days", "speaks"),
    [((10, 16), False), ((10, 13, 16), True), ((9, 13, 16), False), ((10, 11, 12, 16), True)],
)
def test_presence_was_lost_on_3_of_the_7_dates(days: tuple[int, ...], *, speaks: bool) -> None:
    *earlier, last = days
    found = seen(flashback(last), *map(flashback, earlier))
    told = {"dates": len(days), "threshold": 3}
    assert found == ({"presence_lost": told} if speaks else {})


def test_presence_counts_at_3_alone_and_not_what_comes_later() -> None:
    assert seen(flashback(16), flashback(13, 2), flashback(10)) == {}
    assert seen(flashback(16), flashback(17), flashback(18)) == {}
    assert seen(flashback(16, 2), flashback(14), flashback(13), flashback(12)) == {}
    assert seen(flashback(16), flashback(16, hour=3), flashback(15), flashback(15, hour=9)) == {}


def test_dates_are_those_the_patient_saw_and_not_those_of_utc() -> None:
    told = {"report": "episode", "distress": 8, "presence": 3, "time_zone": "Asia/Tokyo"}
    late = [
        entry("flashback", DOSE, **told, occurred_at=f"2026-05-{day}T00:30:00+09:00")
        for day in (14, 15, 16)
    ]
    assert seen(late[2], late[0], late[1])["presence_lost"]["dates"] == 3
