"""The questionnaires: codes, ranges and scoring rules as versioned data, never their wording."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.model import Model

TABLE_FILE = Path(__file__).parent / "instruments.json"


class Datum(Model):
    """A row of a data file, checked when it is read."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class BandStart(Datum):
    """A band and the value it begins with; it ends where the next begins."""

    code: str
    start: Annotated[int, Field(alias="from")]


class CutPoint(Datum):
    """A line that a score meets when it is at least, or at most, a value."""

    code: str
    of: Literal["total", "percent"]
    at_least: int | None = None
    at_most: int | None = None

    def met(self, score: int) -> bool:
        """Whether the score lies on the far side of the line, the line included."""
        high = self.at_least is None or score >= self.at_least
        return high and (self.at_most is None or score <= self.at_most)


class SubscaleItems(Datum):
    """The items of a subscale, both ends included, and how many symptoms its rule asks for."""

    code: str
    first: int
    last: int
    symptoms_needed: int


class LoincCodes(Datum):
    """Codes of the panel, of its total, and of the items in their order."""

    panel: str
    total: str
    items: tuple[str, ...] = Field(default=(), strict=False)


class InstrumentRules(Datum):
    """One questionnaire. Without `items` only its total is taken.

    `skips_allowed` is how many items may be skipped and prorated; `recall_days` the period it asks
    about. A `watched_item` is never imputed. `percent_factor` and `average_of` make a percentage
    or an average of the total; with an average the bands are those of the rounded average.
    """

    code: str
    scoring_version: str
    items: int = 0
    highest_answer: int = 0
    highest_total: int
    skips_allowed: int = 0
    recall_days: int
    bands: tuple[BandStart, ...] = Field(default=(), strict=False)
    cut_points: tuple[CutPoint, ...] = Field(default=(), strict=False)
    subscales: tuple[SubscaleItems, ...] = Field(default=(), strict=False)
    symptom_from: int = 0
    watched_item: int | None = None
    percent_factor: int | None = None
    average_of: int | None = None
    trend: bool = True
    loinc: LoincCodes | None = None


class InstrumentTable(Datum):
    """All questionnaires of one version of the table."""

    version: str
    instruments: list[InstrumentRules]


_TABLE = InstrumentTable.model_validate_json(TABLE_FILE.read_bytes())

INSTRUMENTS = {instrument.code: instrument for instrument in _TABLE.instruments}

TABLE_VERSION = _TABLE.version
"""Rises with any change of the file: entity tags of the trends rest on it."""
