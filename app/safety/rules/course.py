"""The dissociation entries of one session, in the order of their instants."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from math import inf

from app.safety.rules.entries import RuleEntry


class Course:
    """Each question leaves out the entry it is asked for, which may be among them."""

    def __init__(self, entries: Iterable[RuleEntry]) -> None:
        """In any order."""
        known = [*entries]
        self._newest = sorted(((each.instant, each.id) for each in known), reverse=True)[:2]
        self._levels = sorted(
            (each.instant, -each.intensity, each.id) for each in known if each.intensity is not None
        )

    def is_latest(self, entry: RuleEntry) -> bool:
        """Two entries at one instant are both the latest: neither takes the other's word away."""
        return all(at <= entry.instant for at, other in self._newest if other != entry.id)

    def level_up_to(self, dose_at: datetime, entry: RuleEntry) -> float:
        """The latest intensity up to the dose, else 0; of two at one instant the lower one."""
        end = bisect_right(self._levels, (dose_at, inf, ""))
        before = self._levels[max(0, end - 2) : end]
        others = [-negative for _, negative, other in before if other != entry.id]
        return others[-1] if others else 0
