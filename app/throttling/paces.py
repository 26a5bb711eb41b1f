"""The general limit of signed-in requests, counted in the memory of each worker."""

from collections.abc import Callable
from time import monotonic
from uuid import UUID

from app.limits import Limit

MOST_SUBJECTS = 20_000
"""So many accounts at most are remembered at once; those who asked for nothing lately go."""

ROUNDING_SECONDS = 1e-6


class Pace:
    """One limit for every account; it costs a request a look into a dictionary."""

    def __init__(self, limit: Limit, now: Callable[[], float] = monotonic) -> None:
        """`now` in seconds; it never goes back."""
        self._step = limit.seconds / limit.times
        self._span = float(limit.seconds)
        self._now = now
        self._empty_at: dict[UUID, float] = {}

    def take(self, account_id: UUID) -> float:
        """Count a request; 0, or in how many seconds the next one is worth it."""
        now = self._now()
        then = max(self._empty_at.get(account_id, now), now) + self._step
        early = then - now - self._span
        # A burst fills the bucket to its brim exactly: rounding must not spill the last one.
        if early > ROUNDING_SECONDS:
            return early
        self._empty_at[account_id] = then
        if len(self._empty_at) > MOST_SUBJECTS:
            self._forget(now)
        return 0.0

    def _forget(self, now: float) -> None:
        living = {each: at for each, at in self._empty_at.items() if at > now}
        # When all of them are busy, the oldest half goes: memory has its limit too.
        newest = list(living.items())[-MOST_SUBJECTS // 2 :]
        self._empty_at = dict(newest if len(living) > MOST_SUBJECTS else living)
