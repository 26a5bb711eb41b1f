"""When a row of a foreign diary was: its day and clock time, or a word for one, in a zone."""

import re
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.faults import Fault
from app.portability.importers.rows import RowRefused

CLOCK = re.compile(
    r"([0-9]{1,2})[:.h]([0-9]{2})(?::[0-9]{2})?(?:\s*([ap])\.?\s?(?:m\.?)?)?", re.IGNORECASE
)
"""`21:40`, `21.40`, `21h40`, `9:40 pm`, `9:40 p. m.`, whichever blanks a phone puts between."""
WORDS = {
    "am": time(9),
    "morning": time(9),
    "mid": time(13),
    "midday": time(13),
    "afternoon": time(15),
    "pm": time(19),
    "evening": time(19),
    "night": time(22),
}
NOON = time(12)
HALF_A_DAY = 12


class TimeOfDay(NamedTuple):
    """When on its day a row was; no clock for the whole of it.

    `exact`: the row gives the clock itself, and no word that stands for some hours.
    """

    clock: time | None
    exact: bool = False


def day_of(text: str, column: str) -> date:
    """A day of the form YYYY-MM-DD. Raises RowRefused with `bad_date`."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        message = "This is not a date of the form YYYY-MM-DD."
        raise RowRefused(Fault("bad_date", message, f"/{column}")) from None


def time_of(text: str, column: str) -> TimeOfDay:
    """A clock time of 24 or 12 hours, a word for one, or the whole day.

    Raises RowRefused with `bad_time`.
    """
    plain = text.strip().casefold()
    if plain in ("", "all day"):
        return TimeOfDay(None)
    if plain in WORDS:
        return TimeOfDay(WORDS[plain])
    try:
        return TimeOfDay(_read_clock(plain), exact=True)
    except ValueError:
        message = "This is no clock time and no known word for one."
        raise RowRefused(Fault("bad_time", message, f"/{column}")) from None


def _read_clock(text: str) -> time:
    """Raises ValueError."""
    found = CLOCK.fullmatch(text)
    if found is None:
        raise ValueError("no clock time")
    hour, minute, half = int(found[1]), int(found[2]), found[3]
    if half is None:
        return time(hour, minute)
    if not 1 <= hour <= HALF_A_DAY:
        raise ValueError("no hour of a clock with twelve")
    return time(hour % HALF_A_DAY + (HALF_A_DAY if half == "p" else 0), minute)


def instant_in(zone: ZoneInfo, day: date, when: TimeOfDay, now: datetime) -> str:
    """The instant as entries write it. An hour that clocks skip is told by the clock after it.

    What gives no clock itself was by `now` if it was today. Raises RowRefused.
    """
    local, here = datetime.combine(day, when.clock or NOON, zone), now.astimezone(zone)
    if not when.exact and day == here.date():
        local = min(local, here)
    try:
        return local.astimezone(UTC).astimezone(zone).isoformat(timespec="seconds")
    except OverflowError:
        raise RowRefused(Fault("bad_date", "This date is out of range.", "/date")) from None
