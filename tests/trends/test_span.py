"""For how long it stays the same date, against a walk from minute to minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.trends.span import date_lasts_until

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ODD_NIGHTS = {
    "Europe/Berlin": datetime(2026, 3, 29, tzinfo=UTC),
    "America/Sao_Paulo": datetime(2018, 11, 4, tzinfo=UTC),  # has no midnight
    "America/Havana": datetime(2026, 11, 1, tzinfo=UTC),  # goes back to midnight
    "Asia/Beirut": datetime(2026, 10, 25, tzinfo=UTC),  # goes back over it
    "America/St_Johns": datetime(2010, 11, 7, tzinfo=UTC),  # goes back from a minute after it
    "Pacific/Apia": datetime(2011, 12, 30, tzinfo=UTC),  # leaves a whole day out
    "Pacific/Kwajalein": datetime(1993, 8, 21, tzinfo=UTC),
    "America/Sitka": datetime(2026, 3, 8, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 4, 4, tzinfo=UTC),  # by half an hour
    "Asia/Kathmandu": datetime(2026, 4, 4, tzinfo=UTC),
}


def walked(now: datetime, zone: ZoneInfo) -> datetime:
    """The first whole minute after `now` with another date."""
    today = now.astimezone(zone).date()
    at = now.replace(second=0, microsecond=0) + MINUTE
    while at.astimezone(zone).date() == today:
        at += MINUTE
    return at


@pytest.mark.parametrize("name", ODD_NIGHTS)
def test_nights_on_which_clocks_change(name: str) -> None:
    zone = ZoneInfo(name)
    for quarters in range(-4 * 40, 4 * 40):
        now = ODD_NIGHTS[name] + quarters * HOUR / 4 + timedelta(seconds=30.25)
        assert date_lasts_until(now, zone) == walked(now, zone), now


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(available_timezones() - {"localtime"})),
    st.integers(315_532_800, 2_114_380_800).map(lambda second: datetime.fromtimestamp(second, UTC)),
)
def test_any_zone_at_any_time(name: str, now: datetime) -> None:
    zone = ZoneInfo(name)
    assert date_lasts_until(now, zone) == walked(now, zone)


def test_the_zone_of_the_instant_does_not_matter() -> None:
    zone, now = ZoneInfo("Asia/Tokyo"), datetime(2026, 6, 1, 12, tzinfo=UTC)
    there = now.astimezone(ZoneInfo("America/New_York"))
    assert date_lasts_until(there, zone) == date_lasts_until(now, zone)
    assert date_lasts_until(now, zone) == datetime(2026, 6, 1, 15, tzinfo=UTC)
