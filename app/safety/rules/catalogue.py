"""All rules of this release, in the order in which their signals stand in an answer."""

from app.safety.rules.dissociation import dissociation_distress, dissociation_persistent
from app.safety.rules.flashbacks import presence_lost
from app.safety.rules.rule import Rule
from app.safety.rules.sessions import red_flag_effect, sedation_deep, unsupervised_session, urinary
from app.safety.rules.support import asked_for_help, self_harm_item
from app.safety.rules.thresholds import THRESHOLDS as N
from app.safety.rules.vitals import bp_high, bp_high_pre, spo2_low

ASSESSMENT = frozenset({"assessment"})
CORE = frozenset({"mood", "anxiety", "flashback", "dissociation"})
DISSOCIATION = frozenset({"dissociation"})
FLASHBACK = frozenset({"flashback"})
SESSION = frozenset({"session"})

# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("self_harm_item", "support", ASSESSMENT, N.self_harm_item, self_harm_item),
    Rule("asked_for_help", "support", CORE, N.asked_for_help, asked_for_help),
    Rule("dissociation_persistent", "contact_clinic", DISSOCIATION,
         N.dissociation_persistent, dissociation_persistent, looks_beside=True),
    Rule("dissociation_distress", "contact_clinic", DISSOCIATION,
         N.dissociation_distress, dissociation_distress, looks_beside=True),
    Rule("bp_high_pre", "info", SESSION, N.bp_high_pre, bp_high_pre),
    Rule("bp_high", "contact_clinic", SESSION, N.bp_high, bp_high),
    Rule("spo2_low", "urgent_care", SESSION, N.spo2_low, spo2_low),
    Rule("sedation_deep", "urgent_care", SESSION, N.sedation_deep, sedation_deep),
    Rule("red_flag_effect", "urgent_care", SESSION, N.red_flag_effect, red_flag_effect),
    Rule("urinary", "mention_to_clinician", SESSION, N.urinary, urinary,
         looks_beside=True, both_sides=True),
    Rule("unsupervised_session", "info", SESSION, N.unsupervised_session, unsupervised_session),
    Rule("presence_lost", "mention_to_clinician", FLASHBACK, N.presence_lost, presence_lost,
         looks_beside=True),
)
# fmt: on

LOOKS_BESIDE = frozenset(rule.code for rule in RULES if rule.looks_beside)
BOTH_SIDES = frozenset(rule.code for rule in RULES if rule.both_sides)
PLACES = {rule.code: place for place, rule in enumerate(RULES)}
"""Where the signals of a rule stand in an answer."""
