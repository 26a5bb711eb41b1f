"""From how many points a questionnaire's change counts: rows of a data file, each with a source."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from app.model import Model
from app.trends.statistics.reliable_change import ReliableChange, reliable_change

CONSTANTS_FILE = Path(__file__).parent / "data" / "change_constants.json"


class ChangeRow(Model):
    """One constant: `points`, or the `sd` and `reliability` of a cited population.

    A row that is not `checked` against its source is never shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    instrument: str
    use: Literal["reliable", "meaningful"]
    points: Annotated[float, Field(gt=0)] | None = None
    sd: float | None = None
    reliability: float | None = None
    citation: str
    checked: bool

    @model_validator(mode="after")
    def _one_rule(self) -> "ChangeRow":
        population = self.sd is not None and self.reliability is not None
        if (self.points is None) != population:
            raise ValueError("a row has either points or sd and reliability")
        return self

    def threshold(self) -> float | None:
        """The change in points from which it counts; None where the formula has no answer."""
        if self.points is not None:
            return self.points
        found = self._index(0)
        return found.threshold_points if found else None

    def counts(self, change: float) -> bool:
        """Whether a change is large enough: at least `points`, or |RCI| > 1.96."""
        if self.points is not None:
            return abs(change) >= self.points
        found = self._index(change)
        return found is not None and found.reliable

    def _index(self, change: float) -> ReliableChange | None:
        if self.sd is None or self.reliability is None:
            return None
        return reliable_change(change, self.sd, self.reliability)


class ChangeTable(Model):
    """All rows of one version of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    constants: tuple[ChangeRow, ...]

    def checked(self, instrument: str) -> list[ChangeRow]:
        """The rows of an instrument that may be shown and that give an answer."""
        rows = [row for row in self.constants if row.instrument == instrument and row.checked]
        return [row for row in rows if row.threshold() is not None]


def read_change_constants(file: Path = CONSTANTS_FILE) -> ChangeTable:
    """The rows of a data file; raises pydantic's ValidationError when it is not one."""
    return ChangeTable.model_validate_json(file.read_bytes())


CHANGE_CONSTANTS = read_change_constants()
