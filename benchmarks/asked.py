"""What an operation of a run is, and what it is held against."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.ground import Ground
from benchmarks.load import Make


@dataclass(frozen=True, slots=True)
class Goal:
    """Against bare: least throughput, most CPU, most p99. Against usual: least throughput."""

    throughput: float | None = None
    cpu: float | None = None
    p99: float | None = None
    usual: float | None = 4.0


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of request; `make(ground, seed)` gives the same requests for the same seed."""

    name: str
    title: str
    make: Callable[[Ground, int], Make]
    goal: Goal
    make_for_bare: Callable[[Ground, int], Make] | None = None
    """What bare is asked instead, where it is held against other work."""
    against_usual: bool = True
