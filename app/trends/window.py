"""The dates an answer is about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Window:
    """Local dates `first` … `last`, both included; `time_zone` is the zone that defines today."""

    first: date
    last: date
    time_zone: str

    @property
    def first_day(self) -> int:
        """The ordinal of the first date."""
        return self.first.toordinal()

    @property
    def last_day(self) -> int:
        """The ordinal of the last date."""
        return self.last.toordinal()

    @property
    def n_days(self) -> int:
        """Calendar days, both ends included."""
        return self.last_day - self.first_day + 1

    def days(self) -> Iterator[int]:
        """The ordinals of all dates, ascending."""
        return iter(range(self.first_day, self.last_day + 1))

    def __contains__(self, day: date) -> bool:
        """Whether a local date lies inside."""
        return self.first <= day <= self.last
