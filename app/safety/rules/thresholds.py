"""The numbers of the rules: one versioned data file, so that a clinician can sign each off."""

from pathlib import Path

from pydantic import ConfigDict

from app.model import Model

THRESHOLDS_FILE = Path(__file__).parent / "thresholds.json"


class RuleNumbers(Model):
    """What every rule has. A change of any number of a rule is a new version of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    awaits_sign_off: tuple[str, ...]
    """The numbers that a clinician has yet to sign off before a release."""


class SelfHarmItem(RuleNumbers):
    """Which item of the questionnaire, and the least answer that counts."""

    item: int
    least_answer: int


class DissociationPersistent(RuleNumbers):
    """Minutes since the dose; the threshold is max(pre, floor) + above, in points of 0 to 10."""

    minutes: int
    floor: float
    above: float


class DissociationDistress(RuleNumbers):
    """Least distress, 0 to 10, and the minutes since the dose after which it counts."""

    distress: float
    minutes: int


class BloodPressureBefore(RuleNumbers):
    """mmHg; what lies above counts."""

    systolic_above: int
    diastolic_above: int


class BloodPressureHigh(RuleNumbers):
    """mmHg; what reaches a number counts, by itself or as a rise from before the dose."""

    systolic: int
    diastolic: int
    systolic_rise: int
    diastolic_rise: int


class OxygenLow(RuleNumbers):
    """Percent; what lies below counts, once or when there are two."""

    once_below: int
    twice_below: int


class SedationDeep(RuleNumbers):
    """MOAA/S points, 0 to 5 alert."""

    moaas_at_most: int


class RedFlagEffect(RuleNumbers):
    """The severity, 1 to 3, at which an effect beside raised blood pressure counts."""

    severe: int


class Urinary(RuleNumbers):
    """The most days between the local dates of two sessions."""

    days: int


class PresenceLost(RuleNumbers):
    """The presence that counts, on how many local dates, among how many days."""

    presence: int
    dates: int
    days: int


class Thresholds(Model):
    """The numbers of all rules, by code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    self_harm_item: SelfHarmItem
    asked_for_help: RuleNumbers
    dissociation_persistent: DissociationPersistent
    dissociation_distress: DissociationDistress
    bp_high_pre: BloodPressureBefore
    bp_high: BloodPressureHigh
    spo2_low: OxygenLow
    sedation_deep: SedationDeep
    red_flag_effect: RedFlagEffect
    urinary: Urinary
    unsupervised_session: RuleNumbers
    presence_lost: PresenceLost


def read_thresholds(file: Path = THRESHOLDS_FILE) -> Thresholds:
    """The numbers of a data file; raises pydantic's ValidationError when it is not one."""
    return Thresholds.model_validate_json(file.read_bytes())


THRESHOLDS = read_thresholds()
