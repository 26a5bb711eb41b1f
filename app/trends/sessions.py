"""The dates on which doses were given: they divide time."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from app.journal.kinds import SessionHeadline
from app.trends.series import day_of
from app.trends.statistics.session_aligned import Neighbours
from app.trends.window import Window


class DosedDays:
    """Days with a dosed session, ascending. Two sessions on one date make one day."""

    def __init__(self, sessions: Sequence[SessionHeadline]) -> None:
        """`sessions` by date and then instant, as `JournalDays.dosed_sessions` gives them."""
        self._sessions: dict[int, list[SessionHeadline]] = {}
        for session in sessions:
            self._sessions.setdefault(day_of(session), []).append(session)
        self.days = list(self._sessions)

    def on(self, day: int) -> Sequence[SessionHeadline]:
        """The sessions of a day, the earliest first; it names the day."""
        return self._sessions.get(day, ())

    def inside(self, window: Window) -> list[int]:
        """The dosed days of the window."""
        first = bisect_left(self.days, window.first_day)
        return self.days[first : bisect_right(self.days, window.last_day)]

    def neighbours(self, day: int) -> Neighbours:
        """A dosed day with the dosed days before and after it, inside the window or not."""
        place = bisect_left(self.days, day)
        previous = self.days[place - 1] if place else None
        following = self.days[place + 1] if place + 1 < len(self.days) else None
        return Neighbours(day, previous, following)
