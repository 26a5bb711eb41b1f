"""What codes are called on the page. They describe; they name no cause and give no advice."""

from enum import StrEnum

from app.journal.kinds.session_shapes import Route, Substance
from app.trends.metrics import Metric
from app.trends.schemas.envelope import Caveat, MethodName
from app.trends.statistics.durability import DurabilityStatus
from app.trends.statistics.reliable_change import ChangeVerdict
from app.trends.statistics.slope_words import ChangeWords

TITLE = "Symptom journal summary"
TOP_LINE = (
    "Generated from self-reported entries. Nobody monitors them as they arrive. "
    "Not a diagnosis; no treatment advice."
)
"""Stands on top of every page and cannot be left out."""

GAPS = "Harder days are logged less often: gaps need not be good days."

METRIC_NAMES = {
    Metric.MOOD: "Mood",
    Metric.ANXIETY: "Anxiety",
    Metric.ANXIETY_PEAK: "Peak anxiety",
    Metric.FLASHBACK_COUNT: "Flashbacks a day",
    Metric.FLASHBACK_DISTRESS: "Flashback distress",
    Metric.NIGHTMARES: "Nightmares a day",
    Metric.DISSOCIATION_PEAK: "Peak dissociation",
}

CHANGE_WORDS = {
    ChangeWords.CLEAR_RISE: "clear rise",
    ChangeWords.CLEAR_FALL: "clear fall",
    ChangeWords.NO_CLEAR_CHANGE: "no clear change",
    ChangeWords.NOT_ENOUGH_DAYS: "not enough days",
}

VERDICTS = {
    ChangeVerdict.BETTER: "better",
    ChangeVerdict.WORSE: "worse",
    ChangeVerdict.NONE: "no",
}

SUBSTANCES: dict[Substance, str] = {
    "ketamine_racemic": "ketamine",
    "esketamine": "esketamine",
    "arketamine": "arketamine",
    "other": "other substance",
    "unknown": "substance unknown",
}

ROUTES: dict[Route, str] = {
    "iv_infusion": "IV infusion",
    "iv_push": "IV push",
    "im": "IM",
    "sc": "SC",
    "intranasal": "intranasal",
    "sublingual": "sublingual",
    "oral": "oral",
    "rectal": "rectal",
    "other": "other route",
}

RELIEF_WORDS = {
    DurabilityStatus.NO_RELIEF: "none",
    DurabilityStatus.INSUFFICIENT_DATA: "too few days",
}

EFFECTS = {"raised_bp": "raised BP", "perceptual": "altered perception"}
"""Where the code alone would read badly."""

BANDS = {"none_minimal": "none/minimal", "moderately_severe": "mod. severe"}
"""Where the code alone would read badly."""

METHOD_NAMES = {
    MethodName.ROLLING_MEDIAN: "7-day rolling median",
    MethodName.SUMMARY: "summary",
    MethodName.THEIL_SEN: "Theil–Sen slope with 95 % interval",
    MethodName.SESSION_ALIGNED: "session-aligned medians",
    MethodName.SESSION_TABLE: "session table",
    MethodName.FLASHBACK_RATE: "flashback rate with 95 % interval",
    MethodName.ASSESSMENT_CHANGE: "questionnaire change",
    MethodName.WEEKDAY_MEDIAN: "weekday median",
    MethodName.COVERAGE: "coverage",
    MethodName.TIMELINE: "timeline",
}

CAVEATS = {
    Caveat.FEW_DAYS: "Fewer than 14 days with a value.",
    Caveat.LOW_COVERAGE: "Fewer than half of the days with a value.",
    Caveat.LONG_GAP: "More than 7 days in a row without a value.",
    Caveat.CONSTANT: "All values are equal.",
    Caveat.AUTOCORRELATED: (
        "Neighbouring days resemble each other: the words allow for it, "
        "the interval does not and is too narrow."
    ),
    Caveat.SESSIONS_INSIDE: "Sessions inside; one straight line crosses them.",
    Caveat.MIXED_REPORTS: "Episodes and daily counts mixed; they count differently.",
    Caveat.OVERDISPERSED: "Flashbacks cluster; the overall interval is widened.",
    Caveat.FEW_SESSIONS: "Fewer than 4 sessions with a value.",
    Caveat.OVERLAPPING_SESSIONS: "A next session within the days looked at.",
    Caveat.SESSION_IN_BASELINE: "A session within the 7 days before.",
    Caveat.RECALLED_ENTRIES: "Dissociation written down afterwards.",
    Caveat.OUTSIDE_SESSION_WINDOW: "Dissociation entries far from the dose left out.",
    Caveat.NOT_CAUSE: "What comes after a session tells when, not why.",
    Caveat.PRORATED: "A score makes up for skipped items.",
    Caveat.RECALL_OVERLAP: "Repeated within the period it asks about.",
    Caveat.TRUNCATED: "Only the newest entries are included.",
}


class Remark(StrEnum):
    """What the page says of a number beyond the caveats of its answer."""

    TIED = "tied"


REMARKS = {
    Remark.TIED: "Many pairs of days are equal: the slope says little.",
}


def in_words(code: str) -> str:
    """A code that is made of words."""
    return code.replace("_", " ")
