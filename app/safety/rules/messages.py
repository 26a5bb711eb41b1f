"""What a signal says: what was entered, that nobody is watching, and where help is.

No judgement of the patient, no likelihood, no reassurance, nothing about how much to take.
"""

from app.safety.rules.signals import SignalCode

NOBODY_READS = "Nobody reads entries as they arrive."

# fmt: off
ENTERED_AND_HELP: dict[SignalCode, tuple[str, str]] = {
    "self_harm_item": (
        "One of your answers can mean that you could use support now.",
        "Help is listed here."),
    "asked_for_help": (
        "You pressed “I need help now”.",
        "Whom you can call is listed here; if it cannot wait, call the emergency number."),
    "dissociation_persistent": (
        "You entered that you still felt detached hours after a session.",
        "Please call your clinic; more help is listed here."),
    "dissociation_distress": (
        "You entered strong distress after a session.",
        "Please call your clinic; more help is listed here."),
    "bp_high_pre": (
        "You entered a raised blood pressure from before a session.",
        "Your clinic can tell you what it means for you; help is listed here."),
    "bp_high": (
        "You entered a high blood pressure, or one that rose much during a session.",
        "Please call your clinic; if you feel unwell, the emergency number is listed here."),
    "spo2_low": (
        "You entered a low oxygen reading.",
        "If it is still low or breathing is hard, call the emergency number listed here."),
    "sedation_deep": (
        "You entered a deep sedation from the clinic’s record.",
        "If staying awake is hard now, call the emergency number listed here."),
    "red_flag_effect": (
        "You entered an effect for which a doctor may be needed quickly.",
        "If it is still there, call the emergency number listed here."),
    "urinary": (
        "You entered bladder trouble in more than one session.",
        "Please mention it to your clinician at your next contact; help is listed here."),
    "unsupervised_session": (
        "You entered a session without supervision.",
        "Help is listed here, also for a time when you are alone."),
    "presence_lost": (
        "You entered flashbacks on several days in which you lost contact with where you were.",
        "Please mention it to your clinician at your next contact; help is listed here."),
}
# fmt: on


def message_key(code: SignalCode) -> str:
    """The key under which a client keeps its own translation."""
    return f"signal.{code}"


def message(code: SignalCode) -> str:
    """The English text."""
    entered, help_is = ENTERED_AND_HELP[code]
    return f"{entered} {NOBODY_READS} {help_is}"
