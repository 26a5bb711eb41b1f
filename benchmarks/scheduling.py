"""Whether a server had a core when it wanted one: else its latency is others' work."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

NANOSECONDS = 1e9


class Share(NamedTuple):
    """Of the time that passed, added up over processes: on a core, and waiting for one."""

    ran: float
    waited: float

    def __str__(self) -> str:
        """In words."""
        return (
            f"the thread that answers was on a core {self.ran:.0%} of the time "
            f"and waited for one {self.waited:.0%}"
        )


class Cores:
    """Looks at the first thread of each process, which is the one that answers."""

    def __init__(self, pids: Sequence[int]) -> None:
        """From now on."""
        self._pids = pids
        self._begun, self._before = time.monotonic(), self._seconds()

    def share(self) -> Share:
        """Since the beginning."""
        passed = time.monotonic() - self._begun
        ran, waited = self._seconds()
        return Share((ran - self._before[0]) / passed, (waited - self._before[1]) / passed)

    def _seconds(self) -> tuple[float, float]:
        told = [Path(f"/proc/{pid}/schedstat").read_text().split() for pid in self._pids]
        ran, waited = (sum(int(each[place]) for each in told) for place in (0, 1))
        return ran / NANOSECONDS, waited / NANOSECONDS
