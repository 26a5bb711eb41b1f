"""The limits of warnings: each awaits a clinician's signature, so they stand in one place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class DoseLimit:
    """The highest usual dose of some routes, in mg per kg of body weight, and its warning."""

    code: str
    mg_per_kg: str


IV = DoseLimit("dose_high_iv", "1.0")
IM = DoseLimit("dose_high_im", "2")
ORAL = DoseLimit("dose_high_oral", "7")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """One version of all of them; a change of a number is a new version."""

    version: str = "1"
    dose_limits: Mapping[str, DoseLimit] = field(
        default_factory=lambda: MappingProxyType(
            {"iv_infusion": IV, "iv_push": IV, "im": IM, "oral": ORAL, "sublingual": ORAL}
        )
    )
    device_mg: int = 28
    monitoring_minutes: int = 120
    sessions_apart: timedelta = timedelta(hours=12)


THRESHOLDS = Thresholds()
