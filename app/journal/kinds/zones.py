"""Time zones by their IANA names, and whether a written offset agrees with one."""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from pydantic_core import PydanticCustomError

NOT_PLACES = frozenset({"localtime", "posixrules", "Factory"})
"""Files that lie beside the zones and say where the machine is, not where the patient is."""

HALF_A_MINUTE = timedelta(seconds=30)


@cache
def zone_names() -> frozenset[str]:
    """Every name the deployed tz database knows, links included."""
    return frozenset(available_timezones()) - NOT_PLACES


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of a known name. Only known names come here, so the cache stays small."""
    return ZoneInfo(name)


def checked_zone(name: str) -> str:
    """`name` itself when the tz database has it, else error `unknown_time_zone`."""
    if name not in zone_names():
        raise PydanticCustomError("unknown_time_zone", "not a zone")
    return name


def offset_agrees(written: datetime, name: str) -> bool:
    """Whether the zone's offset at that instant, rounded to the minute, is the written one.

    An hour that a clock skips fails by itself: at its instant the zone has another offset.
    """
    offset = written.utcoffset()
    try:
        actual = written.astimezone(zone(name)).utcoffset()
    except OverflowError:
        return False
    return offset is not None and actual is not None and abs(actual - offset) <= HALF_A_MINUTE
