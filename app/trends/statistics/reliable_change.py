"""Whether the change of a questionnaire's score exceeds the questionnaire's own wobble."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

RELIABLE_AT = 1.96


class ChangeVerdict(StrEnum):
    """Where a change that counts went."""

    BETTER = "better"
    WORSE = "worse"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ReliableChange:
    """The index, and the change in points from which it counts."""

    rci: float
    threshold_points: float

    @property
    def reliable(self) -> bool:
        """Whether |RCI| exceeds 1.96."""
        return abs(self.rci) > RELIABLE_AT


def reliable_change(change: float, sd: float, reliability: float) -> ReliableChange | None:
    """RCI = change / (SD √(2(1 − r))) (Jacobson and Truax 1991); None at r ≥ 1 or SD ≤ 0.

    Two questionnaires, of which `change` is the difference.
    """
    if sd <= 0 or reliability >= 1:
        return None
    error = sd * sqrt(2 * (1 - reliability))
    return ReliableChange(change / error, RELIABLE_AT * error)


def verdict(change: float, direction: int, *, counts: bool) -> ChangeVerdict:
    """`better` or `worse` for a change that counts; `direction` is +1 if higher is better."""
    if not counts or not change:
        return ChangeVerdict.NONE
    return ChangeVerdict.BETTER if change * direction > 0 else ChangeVerdict.WORSE
