"""What is counted and measured. Labels are words of the code: no id, address or text is one."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from threading import Lock
from time import monotonic

Labels = tuple[str, ...]


class Tally:
    """Counts, for each set of labels, from the start of the process."""

    def __init__(self, name: str, told: str, *labels: str) -> None:
        """`name` as the metrics show it, `told` says what is counted."""
        self.name, self.told, self.labels = name, told, labels
        self.counts: dict[Labels, int] = {}
        self._lock = Lock()  # units of work run in several threads

    def add(self, *labels: str) -> None:
        """One more."""
        with self._lock:
            self.counts[labels] = self.counts.get(labels, 0) + 1


class Spread:
    """How values spread over buckets, for each label; kept by one thread."""

    def __init__(self, name: str, told: str, label: str, bounds: tuple[float, ...]) -> None:
        """`bounds`: upper ends of the buckets, in order; one more takes what lies beyond."""
        self.name, self.told, self.label, self.bounds = name, told, label, bounds
        self.counts: dict[str, list[int]] = {}
        self.sums: dict[str, float] = {}

    def add(self, label: str, value: float) -> None:
        """One more value."""
        counts = self.counts.get(label)
        if counts is None:
            counts = self.counts[label] = [0] * (len(self.bounds) + 1)
        counts[bisect_left(self.bounds, value)] += 1
        self.sums[label] = self.sums.get(label, 0.0) + value


class Moment:
    """When something happened last."""

    def __init__(self) -> None:
        """Counted from now until it happens."""
        self._at = monotonic()

    def note(self) -> None:
        """It has just happened."""
        self._at = monotonic()

    def age(self) -> float:
        """Seconds since."""
        return monotonic() - self._at


class Gauges:
    """What can be read off the moment somebody asks."""

    def __init__(self) -> None:
        """None yet."""
        self.readings: dict[str, tuple[str, Callable[[], Mapping[str, float]]]] = {}

    def show(self, name: str, told: str, read: Callable[[], Mapping[str, float]]) -> None:
        """`read` gives the values by state; the state of a value that stands alone is empty."""
        self.readings[name] = (told, read)


REQUESTS = Tally(
    "afterglow_requests",
    "Requests by method, route template and status (0: the client went away).",
    "method",
    "route",
    "status",
)
REQUEST_SECONDS = Spread(
    "afterglow_request_seconds",
    "Time from the head of a request to the end of its answer, in seconds.",
    "route",
    (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0),
)
REFUSALS = Tally("afterglow_refusals", "Requests that a limit turned away.", "bucket")
CONNECTIONS_REFUSED = Tally(
    "afterglow_connections_refused",
    "Connections closed before a route was found, by status (0: nothing was sent in time).",
    "status",
)
SEAL_FAILURES = Tally(
    "afterglow_seal_failures", "Sealed values that did not open where they lay.", "record"
)
REPLICA_READS = Tally(
    "afterglow_replica_reads",
    "Reads that a replica might answer, by what came of it.",
    "outcome",
)
MAILS = Tally("afterglow_mails", "Mails that left or were given up.", "outcome")
READY_ANSWERS = Tally(
    "afterglow_ready_answers", "Answers of trends by what became of them.", "outcome"
)
GAUGES = Gauges()
"""Of this process."""
