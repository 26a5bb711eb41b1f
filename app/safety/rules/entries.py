"""The plain view of an entry that rules look at. Texts are not in it, so none can read one."""

from datetime import date, datetime

from msgspec import Struct, convert, field

from app.journal.kinds import Payload

DOSED = frozenset({"in_progress", "completed"})


class Reading(Struct, frozen=True, kw_only=True, gc=False):
    """Vital signs of a session: pressures in mmHg, `spo2` in percent."""

    at: datetime | None = None
    phase: str | None = None
    systolic: int | None = None
    diastolic: int | None = None
    spo2: int | None = None


class Effect(Struct, frozen=True, gc=False):
    """An adverse effect of a session; `severity` 1 mild to 3 severe."""

    code: str
    severity: int


class Answer(Struct, frozen=True, gc=False):
    """What was answered to an item of a questionnaire; None where it was skipped."""

    item: int
    value: int | None = None


class RuleEntry(Struct, frozen=True, kw_only=True, gc=False):
    """An entry of any kind; what its kind lacks, or the patient left out, is None or empty.

    `instant`, in the offset that was written, is the first dose of a session; scales 0 to 10;
    `presence` 0 to 3; `sedation_moaas` 0 to 5.
    """

    id: str
    kind: str
    instant: datetime = field(name="occurred_at")
    help_wanted: bool = False
    session_id: str | None = None
    intensity: float | None = None
    distress: float | None = None
    resolved: bool | None = None
    status: str | None = None
    supervision: str | None = None
    discharge_ready_at: datetime | None = None
    sedation_moaas: int | None = None
    readings: tuple[Reading, ...] = field(name="vitals", default=())
    effects: tuple[Effect, ...] = field(name="adverse_effects", default=())
    presence: int | None = None
    instrument: str | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def local_date(self) -> date:
        """The patient's own date of it."""
        return self.instant.date()

    @property
    def dosed(self) -> bool:
        """Whether it is a session in which something was given."""
        return self.status in DOSED

    def has_effect(self, code: str) -> bool:
        """Whether the session names this adverse effect, at any severity."""
        return any(effect.code == code for effect in self.effects)


def rule_entry(payload: Payload) -> RuleEntry:
    """The view of an opened payload. Raises MsgspecError when it is none."""
    return convert(payload, RuleEntry)
