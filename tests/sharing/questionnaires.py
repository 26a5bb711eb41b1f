"""Questionnaires as read entries: with answers, with a gap, and as totals alone."""

from typing import Any

from tests.sharing.journals import Entry, entry


def phq9(**members: Any) -> Entry:
    """A questionnaire with answers, one of them skipped."""
    values = [2, 1, 3, 2, None, 1, 1, 0, 1]
    answers = [
        {"item": item, **({} if value is None else {"value": value})}
        for item, value in enumerate(values, 1)
    ]
    result = {
        "status": "scored",
        "total": 12,
        "band": "moderate",
        "cut_points": [{"code": "at_or_above_10", "met": True}],
        "n_missing": 1,
        "prorated": True,
        "item_9": "nonzero",
        "scoring_version": "phq-9/1",
        "screening_not_diagnosis": True,
    }
    own = {"instrument": "phq-9", "mode": "self", "answers": answers[::-1], "result": result}
    return entry(9, "assessment", "2026-03-20T09:00:00-04:00", **{**own, **members})


def gad7() -> Entry:
    """A complete GAD-7."""
    answers = [{"item": item, "value": item % 4} for item in range(1, 8)]
    result = {"status": "scored", "total": 12, "band": "moderate", "n_missing": 0}
    own = {"instrument": "gad-7", "mode": "self", "answers": answers, "result": result}
    return entry(10, "assessment", "2026-03-20T09:10:00-04:00", **own)


def pcl5() -> Entry:
    """A complete PCL-5, filled in by a clinician."""
    subscales = [{"code": code, "score": 6, "symptoms": 2} for code in "bcde"]
    result = {
        "status": "scored",
        "total": 34,
        "subscales": subscales,
        "cut_points": [
            {"code": "at_or_above_31", "met": True},
            {"code": "at_or_above_33", "met": True},
        ],
        "symptom_rule_met": True,
        "n_missing": 0,
    }
    answers = [{"item": item, "value": item % 5} for item in range(1, 21)]
    own = {"instrument": "pcl-5", "mode": "clinician", "answers": answers, "result": result}
    return entry(
        11, "assessment", "2026-03-20T09:20:00-04:00", form_version="2", language="en", **own
    )


def incomplete_who5() -> Entry:
    """A WHO-5 with a gap: saved, and without a score."""
    answers: list[Entry] = [{"item": 1}, *({"item": item, "value": 5} for item in range(2, 6))]
    result = {"status": "incomplete", "n_missing": 1}
    own = {"instrument": "who-5", "mode": "self", "answers": answers, "result": result}
    return entry(12, "assessment", "2026-03-20T09:30:00-04:00", **own)


SCORES_ONLY = ("cadss-23", "cadss-6", "qids-sr16", "madrs-s", "isi", "des-b", "pc-ptsd-5")


def scores_only() -> list[Entry]:
    """One total of each instrument that is entered as a total."""
    return [
        entry(
            20 + place,
            "assessment",
            f"2026-04-{place + 1:02}T09:00:00-04:00",
            instrument=instrument,
            mode="self",
            result={"status": "scored", "total": 4, "band": "none", "n_missing": 0},
        )
        for place, instrument in enumerate(SCORES_ONLY)
    ]
