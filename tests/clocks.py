"""A clock for tests."""

from datetime import datetime, timedelta


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        """Start at `now`, aware."""
        self.now = now

    def __call__(self) -> datetime:
        """The instant it shows."""
        return self.now

    def advance(self, **steps: float) -> None:
        """Move on by a timedelta given in its own words."""
        self.now += timedelta(**steps)
