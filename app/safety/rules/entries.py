"""The plain view of an entry that rules look at. Texts are not in it, so none can read one."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct, field

from app.journal.kinds import Payload
from app.journal.kinds.instants import instant_of, written_date

DOSED = frozenset({"in_progress", "completed"})


class Reading(Struct, frozen=True, kw_only=True, gc=False):
    """Vital signs of a session: `at` in UTC, pressures in mmHg, `spo2` in percent."""

    at: datetime | None = None
    phase: str | None = None
    systolic: int | None = None
    diastolic: int | None = None
    spo2: int | None = None


class Effect(Struct, frozen=True, gc=False):
    """An adverse effect of a session; `severity` 1 mild to 3 severe."""

    code: str
    severity: int


class RuleEntry(Struct, frozen=True, kw_only=True, gc=False):
    """An entry of any kind; what its kind lacks, or the patient left out, is None or empty.

    `instant` in UTC is the first dose of a session; scales 0 to 10; `presence` 0 to 3;
    `sedation_moaas` 0 to 5; `answers` by number of the item, skipped ones left out.
    """

    id: str
    kind: str
    instant: datetime
    local_date: date
    help_wanted: bool = False
    session_id: str | None = None
    intensity: float | None = None
    distress: float | None = None
    resolved: bool | None = None
    status: str | None = None
    supervision: str | None = None
    discharge_ready_at: datetime | None = None
    sedation_moaas: int | None = None
    readings: tuple[Reading, ...] = ()
    effects: tuple[Effect, ...] = ()
    presence: int | None = None
    instrument: str | None = None
    answers: Mapping[int, int] = field(default_factory=dict)

    @property
    def dosed(self) -> bool:
        """Whether it is a session in which something was given."""
        return self.status in DOSED

    def has_effect(self, code: str) -> bool:
        """Whether the session names this adverse effect, at any severity."""
        return any(effect.code == code for effect in self.effects)


def rule_entry(payload: Payload) -> RuleEntry:
    """The view of an opened payload. Raises KeyError or ValueError when it is none."""
    occurred_at = payload["occurred_at"]
    discharge = payload.get("discharge_ready_at")
    return RuleEntry(
        id=payload["id"],
        kind=payload["kind"],
        instant=instant_of(occurred_at),
        local_date=written_date(occurred_at),
        help_wanted=payload.get("help_wanted", False),
        session_id=payload.get("session_id"),
        intensity=payload.get("intensity"),
        distress=payload.get("distress"),
        resolved=payload.get("resolved"),
        status=payload.get("status"),
        supervision=payload.get("supervision"),
        discharge_ready_at=instant_of(discharge) if discharge else None,
        sedation_moaas=payload.get("sedation_moaas"),
        readings=tuple(_reading(vital) for vital in payload.get("vitals", ())),
        effects=tuple(Effect(e["code"], e["severity"]) for e in payload.get("adverse_effects", ())),
        presence=payload.get("presence"),
        instrument=payload.get("instrument"),
        answers={a["item"]: a["value"] for a in payload.get("answers", ()) if "value" in a},
    )


def _reading(vital: Payload) -> Reading:
    at = vital.get("at")
    return Reading(
        at=instant_of(at) if at else None,
        phase=vital.get("phase"),
        systolic=vital.get("systolic"),
        diastolic=vital.get("diastolic"),
        spo2=vital.get("spo2"),
    )
