"""The words that stand as values: a word's code is its question's code, a hyphen, the word."""

from typing import get_args

from typing_extensions import TypeAliasType

from app.journal.kinds.anxiety import Avoided, Coping, ReminderExposure, SomaticSign
from app.journal.kinds.assessment import AssessmentMode
from app.journal.kinds.dissociation import DissociationReporter
from app.journal.kinds.flashback import (
    DurationBand,
    FlashbackContext,
    FlashbackReport,
    FlashbackSense,
    FlashbackTrigger,
    Grounding,
)
from app.journal.kinds.mood import Emotion
from app.journal.kinds.scoring import AssessmentBand, CutPointCode
from app.journal.kinds.session_shapes import (
    AdverseEffectCode,
    SessionPhase,
    SessionSetting,
    SessionStatus,
    Supervision,
    TherapyPart,
    VitalPhase,
)
from app.journal.kinds.values import EntrySource


def _words(alias: TypeAliasType) -> tuple[str, ...]:
    words: tuple[str, ...] = get_args(alias.__value__)
    return words


WORDS: dict[str, tuple[str, ...]] = {
    "source": _words(EntrySource),
    "emotion": _words(Emotion),
    "somatic": _words(SomaticSign),
    "avoided": _words(Avoided),
    "reminder-exposure": _words(ReminderExposure),
    "coping": _words(Coping),
    "report-type": _words(FlashbackReport),
    "duration-band": _words(DurationBand),
    "sense": _words(FlashbackSense),
    "trigger": _words(FlashbackTrigger),
    "context": _words(FlashbackContext),
    "grounding": _words(Grounding),
    "reported-by": _words(DissociationReporter),
    "session-status": _words(SessionStatus),
    "session-phase": _words(SessionPhase),
    "setting": _words(SessionSetting),
    "supervision": _words(Supervision),
    "therapy": _words(TherapyPart),
    "reading-phase": _words(VitalPhase),
    "adverse-effect": _words(AdverseEffectCode),
    "assessment-mode": _words(AssessmentMode),
    "band": _words(AssessmentBand),
    "cut-point": _words(CutPointCode),
    "signal": (
        *("self_harm_item", "asked_for_help", "dissociation_persistent"),
        *("dissociation_distress", "bp_high_pre", "bp_high", "spo2_low", "sedation_deep"),
        *("red_flag_effect", "urinary", "unsupervised_session", "presence_lost"),
    ),
    "signal-level": ("info", "mention_to_clinician", "contact_clinic", "support", "urgent_care"),
    "signal-status": ("open", "acknowledged", "dismissed", "superseded"),
}

DISPLAYS: dict[str, str] = {
    "avoided-body-sensation": "Sensation of the body",
    "somatic-hot-cold": "Hot or cold",
    "coping-therapy-skill": "Skill from therapy",
    "report-type-none-today": "None that day",
    "report-type-daily-count": "Count of a day",
    "duration-band-under-5": "Under 5 minutes",
    "duration-band-5-15": "5 to 15 minutes",
    "duration-band-15-60": "15 to 60 minutes",
    "duration-band-over-60": "Over 60 minutes",
    "trigger-sight-scene": "Sight or scene",
    "trigger-smell-taste": "Smell or taste",
    "trigger-touch-body-state": "Touch or state of the body",
    "trigger-thought-feeling": "Thought or feeling",
    "grounding-therapy-skill": "Skill from therapy",
    "reading-phase-pre": "Before the dose",
    "reading-phase-post": "After the dose",
    "adverse-effect-raised-bp": "Raised blood pressure",
    "adverse-effect-perceptual": "Altered perception",
    "adverse-effect-urinary": "Urinary symptoms",
    "band-none-minimal": "None or minimal",
    "cut-point-at-or-below-28": "Percent at or below 28",
    "cut-point-at-or-below-50": "Percent at or below 50",
    "signal-self-harm-item": "A question about self-harm was not answered with zero",
    "signal-asked-for-help": "The patient asked for help",
    "signal-dissociation-persistent": "Dissociation lasted unusually long",
    "signal-dissociation-distress": "Dissociation was very distressing",
    "signal-bp-high-pre": "Blood pressure was raised before the dose",
    "signal-bp-high": "Blood pressure was high",
    "signal-spo2-low": "Oxygen saturation was low",
    "signal-sedation-deep": "Sedation was deep",
    "signal-red-flag-effect": "An adverse effect that needs attention was entered",
    "signal-urinary": "Urinary symptoms were entered after two sessions",
    "signal-unsupervised-session": "A session was entered as unsupervised",
    "signal-presence-lost": "Contact with the surroundings was lost on several days",
}
"""Where the word alone would read badly."""


def word_code(question: str, word: str) -> str:
    """The own code of a word as the answer to a question."""
    return f"{question}-{word}".replace("_", "-")


def word_display(question: str, word: str) -> str:
    """What a reader sees for a word, whether or not it has a code."""
    return DISPLAYS.get(word_code(question, word)) or word.replace("_", " ").capitalize()
