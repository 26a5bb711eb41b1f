"""The thresholds that a clinician signs off, with their version: configuration, not constants."""

from pathlib import Path

from pydantic import ConfigDict

from app.model import Model

THRESHOLDS_FILE = Path(__file__).parent / "data" / "thresholds.json"


class Thresholds(Model):
    """Points of 0–10 scales (or flashbacks a day), NAP from 0.5 to 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    """Rises with any change of a number below."""

    clear_difference_points: float
    """Smallest difference of medians around a session that words may call clear."""

    clear_nap: float
    """NAP from which (or 1 − NAP) words may call a difference around a session clear."""

    least_gain_points: float
    """Smallest gain after a session that counts as relief."""

    dissociation_floor_points: float
    """Dissociation at or below this is never above baseline."""


def read_thresholds(file: Path = THRESHOLDS_FILE) -> Thresholds:
    """The thresholds of a data file; raises pydantic's ValidationError when it is not one."""
    return Thresholds.model_validate_json(file.read_bytes())


THRESHOLDS = read_thresholds()
