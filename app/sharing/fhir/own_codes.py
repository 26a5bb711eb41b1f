"""Afterglow's own codes: one table for the Bundle and for the published CodeSystem."""

from dataclasses import dataclass

from app.journal.kinds.instruments import INSTRUMENTS

BETTER, WORSE = "0–10, higher is better", "0–10, higher is worse"
GRADE = "0–4, higher is worse"


@dataclass(frozen=True, slots=True)
class OwnCode:
    """One code; `scale` is the range of its number and the direction, empty without a range."""

    code: str
    display: str
    definition: str
    scale: str = ""

    @property
    def text(self) -> str:
        """What a reader sees who does not know the code."""
        return f"{self.display}, {self.scale}" if self.scale else self.display


HIGHER_IS_BETTER = frozenset({"who-5"})
"""Questionnaires about well-being; all others ask for symptoms."""


def total_of(instrument: str) -> OwnCode:
    """The total of a questionnaire, with its range."""
    direction = "better" if instrument in HIGHER_IS_BETTER else "worse"
    return OwnCode(
        f"{instrument}-total",
        f"{instrument.upper()} total",
        "Its total, by the rules of the instrument.",
        f"0–{INSTRUMENTS[instrument].highest_total}, higher is {direction}",
    )


def panel_of(instrument: str) -> OwnCode:
    """A questionnaire as a whole."""
    return OwnCode(f"{instrument}-panel", instrument.upper(), "The questionnaire as a whole.")


OWN_TOTALS = tuple(total_of(each.code) for each in INSTRUMENTS.values() if each.loinc is None)
OWN_PANELS = tuple(
    panel_of(each.code) for each in INSTRUMENTS.values() if each.loinc is None and each.items
)

RECORDS = (
    OwnCode("mood", "Mood", "How the patient is, worst to best imaginable.", BETTER),
    OwnCode("anxiety", "Anxiety", "How anxious the patient is, none to worst imaginable.", WORSE),
    OwnCode("flashback-count", "Flashbacks", "Flashbacks in a report: 1 for an episode."),
    OwnCode("dissociation", "Dissociation", "How detached, not at all to completely.", WORSE),
    OwnCode("ketamine-session", "Ketamine treatment session", "One treatment session."),
    OwnCode("session-details", "Session details", "What else was recorded of one session."),
    OwnCode("adverse-effect", "Adverse effect", "An unwanted effect the patient noticed."),
    OwnCode("signal", "Safety signal", "What a rule noticed in the entries. Nobody monitors it."),
    OwnCode("trend-summary", "Trend summary", "The computed trends, as a document of data."),
    *OWN_TOTALS,
    *OWN_PANELS,
)

PARTS = (
    OwnCode("retrospective", "Written down later", "Recorded over 24 hours after it occurred."),
    OwnCode("source", "Source", "Where the entry comes from, when not from the patient."),
    OwnCode("help-wanted", "Help wanted", "The patient pressed the button for help."),
    OwnCode("energy", "Energy", "How much energy.", BETTER),
    OwnCode("stress", "Stress", "How much stress.", WORSE),
    OwnCode("functioning", "Functioning", "How well daily life goes.", BETTER),
    OwnCode("emotion", "Emotion", "A label the patient chose; repeated for several."),
    OwnCode("peak", "Peak of the day", "The highest value of the day.", WORSE),
    OwnCode("panic", "Panic attack", "Whether there was one."),
    OwnCode("panic-count", "Panic attacks", "How many."),
    OwnCode("panic-minutes", "Length of the panic", "Minutes."),
    OwnCode("panic-peak", "Peak of the panic", "The highest value.", WORSE),
    OwnCode("somatic", "Body sign", "Where anxiety shows in the body."),
    OwnCode("avoidance", "Avoidance", "How much was avoided.", WORSE),
    OwnCode("worry", "Worry", "How much worry.", WORSE),
    OwnCode("avoided", "Avoided", "What was avoided."),
    OwnCode("reminder-exposure", "Exposure to reminders", "How long there was a reminder."),
    OwnCode("coping", "Coping", "What the patient did against anxiety."),
    OwnCode("coping-helped", "Coping helped", "How much it helped.", BETTER),
    OwnCode("report-type", "Type of report", "One episode, a count of a day, or none that day."),
    OwnCode("distress", "Distress", "How distressing.", WORSE),
    OwnCode("worst-distress", "Worst distress", "The highest of the day.", WORSE),
    OwnCode("intensity", "Intensity", "How strong.", WORSE),
    OwnCode("nowness", "Nowness", "How much as if it happened now.", WORSE),
    OwnCode("presence", "Loss of presence", "Fully here to lost contact.", "0–3, higher is worse"),
    OwnCode("duration-minutes", "Length", "Minutes."),
    OwnCode("duration-band", "Length, about", "Range of minutes."),
    OwnCode("sense", "Sense", "A sense that took part."),
    OwnCode("trigger", "Trigger", "What set it off."),
    OwnCode("context", "Place", "Where the patient was."),
    OwnCode("nightmare", "Nightmare", "Whether it came out of sleep."),
    OwnCode("nightmare-count", "Nightmares", "How many that night."),
    OwnCode("grounding", "Grounding", "What the patient did to come back."),
    OwnCode("grounding-helped", "Grounding helped", "How much it helped.", BETTER),
    OwnCode("minutes-since-dose", "Time since the first dose", "Minutes; negative before it."),
    OwnCode("spontaneous", "Spontaneous", "Not connected with a treatment session."),
    OwnCode("valence", "Valence", "How pleasant.", "−5 to +5, higher is more pleasant"),
    OwnCode("sedation", "Sedation", "How sleepy.", WORSE),
    OwnCode("nausea", "Nausea", "How sick.", WORSE),
    OwnCode("domain-self", "Detached from self", "A side of dissociation.", GRADE),
    OwnCode("domain-surroundings", "Unreal surroundings", "A side of dissociation.", GRADE),
    OwnCode("domain-time", "Altered time", "A side of dissociation.", GRADE),
    OwnCode("domain-perception", "Altered perception", "A side of dissociation.", GRADE),
    OwnCode("domain-body", "Altered body", "A side of dissociation.", GRADE),
    OwnCode("domain-memory-gap", "Gap in memory", "A side of dissociation.", GRADE),
    OwnCode("resolved", "Resolved", "Whether it has passed."),
    OwnCode("resolved-at", "Resolved at", "When it had passed."),
    OwnCode("reported-by", "Reported by", "Who says so, when not the patient."),
    OwnCode("cadss-total", "CADSS total", "Total of the version named in the text."),
    OwnCode("severity", "Severity", "How severe.", "1–3, higher is worse"),
    OwnCode("onset", "Onset after the dose", "Minutes; negative before it."),
    OwnCode("session-status", "Status of the session", "Why a session did not take place."),
    OwnCode("session-phase", "Phase of treatment", "Where the session stands in treatment."),
    OwnCode("session-number", "Number of the session", "Counted by the patient or clinic."),
    OwnCode("infusion-minutes", "Length of the infusion", "Minutes."),
    OwnCode("setting", "Setting", "Where the session took place."),
    OwnCode("supervision", "Supervision", "Who watched over the session."),
    OwnCode("therapy", "Therapy", "Psychotherapy around the session."),
    OwnCode("sedation-moaas", "MOAA/S", "Alertness as observed.", "0–5, higher is more alert"),
    OwnCode("monitoring-minutes", "Length of monitoring", "Minutes."),
    OwnCode("discharge-ready-at", "Ready for discharge", "When."),
    OwnCode("no-driving-until", "No driving until", "When driving is allowed again."),
    OwnCode("rems-program", "REMS program", "Whether the session ran under one."),
    OwnCode("escort-home", "Escort home", "Whether somebody came along."),
    OwnCode("reading-phase", "Phase of the reading", "Before, at the peak or after."),
    OwnCode(
        "experience-intensity",
        "Intensity of the experience",
        "As the patient remembers it.",
        "0–10, higher is more intense",
    ),
    OwnCode(
        "experience-comfort",
        "Comfort of the experience",
        "As the patient remembers it.",
        "−5 to +5, higher is more comfortable",
    ),
    OwnCode("experience-insight", "Insight of the experience", "As remembered.", BETTER),
    OwnCode("assessment-mode", "Filled in by", "Who filled it in, when not the patient."),
    OwnCode("form-version", "Version of the form", "As the app named it."),
    OwnCode("form-language", "Language of the form", "BCP 47."),
    OwnCode("band", "Band", "Range of the total by the rules of the instrument."),
    OwnCode("who-5-percent", "WHO-5 percent", "4 × total.", "0–100, higher is better"),
    OwnCode("des-b-average", "DES-B average", "Total / 8.", "0–4, higher is worse"),
    OwnCode("cut-point", "Cut point", "Whether the total has reached it."),
    OwnCode("subscale-b", "PCL-5 cluster B", "Sum of items 1 to 5.", "0–20, higher is worse"),
    OwnCode("subscale-c", "PCL-5 cluster C", "Sum of items 6 and 7.", "0–8, higher is worse"),
    OwnCode("subscale-d", "PCL-5 cluster D", "Sum of items 8 to 14.", "0–28, higher is worse"),
    OwnCode("subscale-e", "PCL-5 cluster E", "Sum of items 15 to 20.", "0–24, higher is worse"),
    OwnCode("symptoms-b", "PCL-5 symptoms B", "Items of cluster B answered 2 or more."),
    OwnCode("symptoms-c", "PCL-5 symptoms C", "Items of cluster C answered 2 or more."),
    OwnCode("symptoms-d", "PCL-5 symptoms D", "Items of cluster D answered 2 or more."),
    OwnCode("symptoms-e", "PCL-5 symptoms E", "Items of cluster E answered 2 or more."),
    OwnCode("symptom-rule-met", "Symptom rule met", "One B, one C, two D, two E symptoms."),
    OwnCode("items-skipped", "Items skipped", "How many."),
    OwnCode("prorated", "Prorated", "The total stands in for skipped items."),
    OwnCode("signal-level", "Level of the signal", "What the rule suggests to do."),
    OwnCode("signal-status", "Status of the signal", "What the patient did with it."),
    OwnCode("signal-fact", "Fact", "A number the rule looked at; its name is in the text."),
    OwnCode("late-hours", "Recorded late by", "Hours between occurrence and saving."),
)
