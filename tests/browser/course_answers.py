"""The answers about single sessions and questionnaires, for the trend summary of a diary."""

from datetime import timedelta
from typing import Any  # the document is free JSON here, as it is for the page

from tests.browser.diary import OFFSET, Assessment, Diary, Session

Json = dict[str, Any]
BANDS = {
    "phq-9": (
        (20, "severe"),
        (15, "moderately_severe"),
        (10, "moderate"),
        (5, "mild"),
        (0, "none_minimal"),
    ),
    "gad-7": ((15, "severe"), (10, "moderate"), (5, "mild"), (0, "minimal")),
    "pcl-5": (),
}
CONSTANTS = {
    "phq-9": [("reliable", 6, "NHS talking therapies: change of 6 or more")],
    "gad-7": [("reliable", 4, "NHS talking therapies: change of 4 or more")],
    "pcl-5": [
        ("reliable", 15, "Marx et al. 2022: reliable change 15 to 18"),
        ("meaningful", 10, "VA National Center for PTSD, older text: 10 points"),
    ],
}


def sessions(diary: Diary, envelope: Json) -> Json:
    """The session table."""
    plain = f"{len(diary.sessions)} sessions in this period."
    rows = [_row(diary, session) for session in diary.sessions]
    return {**envelope, "plain": plain, "table": {"rows": rows, "groups": [], "durability": []}}


def _row(diary: Diary, session: Session) -> Json:
    after = session.day + timedelta(1)
    next_day = [
        {"metric": name, "value": values[after], "n_entries": 1}
        for name, values in (("mood", diary.mood), ("anxiety", diary.anxiety))
        if after in values
    ]
    return {
        "session_id": f"session-{session.number}",
        "date": session.day.isoformat(),
        "dose_at": f"{session.day}T10:05:00{OFFSET}",
        "status": "completed",
        "substance": "ketamine_racemic",
        "route": "iv_infusion",
        "dose_mg": session.dose_mg,
        "dose_mg_per_kg": round(session.dose_mg / session.weight_kg, 3),
        "phase": "induction",
        "session_number": session.number,
        "setting": "clinic",
        "supervision": "in_person",
        "vitals": {
            "systolic_pre": session.pressure_before[0],
            "diastolic_pre": session.pressure_before[1],
            "systolic_max": session.pressure_highest[0],
            "diastolic_max": session.pressure_highest[1],
        },
        "dissociation": _course(session),
        "adverse_effects": [{"code": "nausea", "severity": 1}] if session.number % 3 == 1 else [],
        "same_day": [],
        "next_day": next_day,
        "before_after": [],
        "durability": [_durability(session)],
        "caveats": [],
    }


def _course(session: Session) -> Json:
    minutes, last = session.course[-1]
    known: Json = {
        "n_points": len(session.course),
        "pre": 0,
        "threshold": 1,
        "peak": max(value for _, value in session.course),
        "minute_of_peak": 40.0,
    }
    if last > 1:
        return {
            "status": "censored",
            **known,
            "unresolved_at_minute": float(minutes),
            "last_intensity": last,
        }
    back = float(session.course[-2][0])
    return {
        "status": "resolved",
        **known,
        "time_to_baseline_minutes": back,
        "basis": "interpolated",
    }


def _durability(session: Session) -> Json:
    if session.number % 3 == 0:
        return {"metric": "mood", "status": "ended", "n_baseline": 6, "relief_days": 9}
    if session.number % 3 == 1:
        held = {"reason": "next_session", "n_baseline": 6, "at_least_days": 3}
        return {"metric": "mood", "status": "censored", **held}
    return {"metric": "mood", "status": "no_relief", "n_baseline": 6}


def assessments(diary: Diary, envelope: Json) -> list[Json]:
    """One answer an instrument."""
    return [_answer(diary, envelope, instrument) for instrument in CONSTANTS]


def _answer(diary: Diary, envelope: Json, instrument: str) -> Json:
    held = [one for one in diary.assessments if one.instrument == instrument]
    scores = [_score(held, index) for index in range(len(held))]
    if instrument == "gad-7" and len(scores) > 4:
        kept = ("entry_id", "date", "prorated", "recall_overlaps_previous")
        scores[4] = {"status": "incomplete", **{name: scores[4][name] for name in kept}}
    return {
        **envelope,
        "unit": "points",
        "better": "lower",
        "n_days": len(held),
        "plain": "Bigger than the usual wobble of this questionnaire.",
        "assessment": {
            "instrument": instrument,
            "scores": scores,
            "constants": [
                {"use": use, "points": points, "citation": citation}
                for use, points, citation in CONSTANTS[instrument]
            ],
        },
    }


def _score(held: list[Assessment], index: int) -> Json:
    one = held[index]
    band = next((code for low, code in BANDS[one.instrument] if one.total >= low), None)
    score: Json = {
        "entry_id": f"{one.instrument}-{index}",
        "date": one.day.isoformat(),
        "status": "scored",
        "total": one.total,
        "prorated": one.prorated,
        "recall_overlaps_previous": False,
    }
    if band:
        score["band"] = band
    if index:
        score["from_first"] = _change(one, held[0])
        score["from_previous"] = _change(one, held[index - 1])
    return score


def _change(one: Assessment, other: Assessment) -> Json:
    change = one.total - other.total
    found: Json = {"change": change}
    for use, points, _ in CONSTANTS[one.instrument]:
        large = abs(change) >= points
        found[use] = ("better" if change < 0 else "worse") if large else "none"
    return found
