"""For how long it stays the same date somewhere."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def date_lasts_until(now: datetime, zone: ZoneInfo) -> datetime:
    """The first instant after `now` at which the zone's date is another one.

    Clocks that are changed may skip a midnight, meet it twice, or go back to the day before.
    """
    here = now.astimezone(zone)
    midnight = datetime.combine(here.date() + DAY, datetime.min.time())
    # Without the zone, for with it the sum would be of another offset.
    end = now.astimezone(UTC) + (midnight - here.replace(tzinfo=None))
    if end.astimezone(zone).utcoffset() == here.utcoffset():
        return end
    change = _change_between(now.astimezone(UTC).replace(microsecond=0), end, zone)
    if change.astimezone(zone).date() != here.date():
        return change
    return date_lasts_until(change, zone)


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second in which the zone's offset becomes another than it is at `before`."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + timedelta(seconds=(after - before) // SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
