"""Entries for the Bundle, each kind with every member it may have."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

Entry = dict[str, Any]

SHARE = UUID("0197c0de-00aa-7000-8000-0000000000aa")
OTHER_SHARE = UUID("0197c0de-00bb-7000-8000-0000000000bb")
SESSION = "0197c0de-0001-7000-8000-000000000001"
GENERATED_AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
ZONE = "America/New_York"


def entry(number: int, kind: str, occurred_at: str, **members: Any) -> Entry:
    """A read entry as its operation answers it; members as the kind has them."""
    return {
        "id": f"0197c0de-{number:04x}-7000-8000-{number:012x}",
        "kind": kind,
        "occurred_at": occurred_at,
        "time_zone": ZONE,
        "local_date": occurred_at[:10],
        "retrospective": False,
        "source": "self",
        **members,
        "revision": number,
        "created_at": "2026-05-01T13:00:04Z",
        "updated_at": "2026-05-01T13:00:04Z",
    }


FREE_TEXT = {"note": "A hard day.\nBetter later.", "tags": ["evening", "rain"]}


def full_mood() -> Entry:
    """A mood with every member."""
    return entry(
        2,
        "mood",
        "2026-03-12T21:00:00-04:00",
        score=6.5,
        scope="moment",
        energy=4,
        stress=7.5,
        functioning=5,
        emotions=["calm", "hopeful"],
        help_wanted=True,
        session_id=SESSION,
        **FREE_TEXT,
    )


def full_anxiety() -> Entry:
    """An anxiety of a whole day with every member."""
    return entry(
        3,
        "anxiety",
        "2026-03-12T22:00:00.250000-04:00",
        level=3,
        scope="day",
        peak=8,
        panic=True,
        panic_count=2,
        panic_minutes=15,
        panic_peak=9,
        somatic=["heart", "hot_cold"],
        avoidance=2,
        worry=6,
        avoided=["place", "body_sensation"],
        reminder_exposure="brief",
        coping=["breathing", "therapy_skill"],
        coping_helped=4.5,
        **FREE_TEXT,
    )


def full_episode() -> Entry:
    """A flashback with every member an episode may have."""
    return entry(
        4,
        "flashback",
        "2026-03-14T21:40:00-04:00",
        report="episode",
        distress=6.5,
        intensity=7,
        nowness=5,
        presence=1,
        duration_minutes=2.5,
        duration_band="under_5",
        senses=["sound", "body"],
        trigger=["media", "thought_feeling"],
        context="home",
        nightmare=False,
        grounding=["breathing", "cold_or_touch"],
        grounding_helped=5,
        retrospective=True,
        **FREE_TEXT,
    )


def daily_count(count: int = 3, **members: Any) -> Entry:
    """A count of a whole day."""
    worst = {"worst_distress": 7} if count else {}
    occurred_at = "2026-03-15T23:00:00-04:00"
    own = {"report": "daily_count", "count": count, "nightmares": 1, **worst}
    return entry(5, "flashback", occurred_at, **{**own, **members})


def none_today() -> Entry:
    """An explicit zero."""
    return entry(6, "flashback", "2026-03-16T23:00:00-04:00", report="none_today")


def full_dissociation() -> Entry:
    """A dissociation with every member."""
    return entry(
        7,
        "dissociation",
        "2026-03-13T11:20:30-04:00",
        session_id=SESSION,
        spontaneous=False,
        intensity=1,
        valence=-2,
        distress=3,
        sedation=4,
        nausea=1,
        anxiety=2,
        domains={"self": 1, "surroundings": 2, "time": 3, "memory_gap": 0},
        resolved=True,
        resolved_at="2026-03-13T11:20:00-04:00",
        reported_by="observer",
        scale={"name": "cadss-23", "total": 31},
        source="clinic",
        **FREE_TEXT,
    )


def full_session(**members: Any) -> Entry:
    """A completed session with every member."""
    return {
        **entry(
            1,
            "session",
            "2026-03-13T10:05:00-04:00",
            status="completed",
            substance="ketamine_racemic",
            route="iv_infusion",
            ended_at="2026-03-13T12:30:00-04:00",
            dose_mg=41,
            weight_kg=82.5,
            infusion_minutes=40,
            phase="induction",
            session_number=3,
            setting="clinic",
            supervision="in_person",
            therapy=["preparation", "integration"],
            vitals=[
                {"phase": "pre", "systolic": 124, "diastolic": 78, "pulse": 72, "spo2": 98},
                {"at": "2026-03-13T10:45:00-04:00", "phase": "peak", "systolic": 141},
                {"at": "2026-03-13T11:00:00-04:00", "resp_rate": 14},
            ],
            sedation_moaas=4,
            monitoring_minutes=120,
            discharge_ready_at="2026-03-13T12:20:00-04:00",
            no_driving_until="2026-03-14T09:00:00-04:00",
            adverse_effects=[
                {"code": "nausea", "severity": 1, "onset_minutes": 50, "resolved": True},
                {"code": "raised_bp", "severity": 2},
            ],
            experience={"intensity": 7, "comfort": -1, "insight": 6.5},
            rems_program=True,
            escort_home=False,
            source="clinic",
            intention="To rest.",
            **FREE_TEXT,
        ),
        **members,
    }


def planned_session() -> Entry:
    """A session still to come, with as little as a session needs."""
    members = {"status": "planned", "substance": "esketamine", "route": "intranasal"}
    return entry(8, "session", "2026-06-20T10:00:00-04:00", dose_mg=56, **members)


def signal_of(entry_id: str, number: int = 40) -> Entry:
    """A signal as its operation answers it."""
    return {
        "id": f"0197c0de-{number:04x}-7000-8000-{number:012x}",
        "code": "bp_high",
        "level": "contact_clinic",
        "entry_id": entry_id,
        "rule_version": "bp_high/1",
        "facts": [{"name": "systolic", "value": 182}, {"name": "pre_systolic", "value": 124}],
        "status": "open",
        "created_at": "2026-03-13T15:00:04Z",
        "late_hours": 1.5,
        "message_key": "signal.bp_high",
        "message": "A reading was high.",
        "resources": [],
        "monitored": False,
    }
