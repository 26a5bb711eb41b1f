"""What signals say, and what they never say."""

import re
from typing import get_args

import pytest

from app.safety.rules import RULES
from app.safety.rules.messages import ENTERED_AND_HELP, NOBODY_READS, message, message_key
from app.safety.rules.signals import SignalCode

CODES: tuple[SignalCode, ...] = get_args(get_args(SignalCode.__value__)[0])

NEVER = [
    r"diagnos",
    r"disorder|disease|syndrome|patholog|symptom of|hypoxi|hypertensi|psychos|cystitis|suicid",
    r"\bsafe",
    r"\brisk|\bscore|likel|probab|percent|%|danger",
    r"\bfine\b|no need to|nothing to worry|don.t worry|normal",
    r"\bdos(e|es|age|ing)\b|\bmg\b|milligram|\btake\b|\bstop\b|\breduce|\bincrease|\bskip",
    r"we (will|have|are)|has been (sent|told|notified)|alert(ed)? your",
    r"you can reach|right now|always|at any (time|hour)",
]


@pytest.mark.parametrize("code", CODES)
def test_a_message_says_what_was_entered_who_reads_and_where_help_is(code: SignalCode) -> None:
    text = message(code)
    entered, help_is = ENTERED_AND_HELP[code]
    assert re.match("You |One of your answers ", entered)
    assert text == f"{entered} {NOBODY_READS} {help_is}"
    assert re.search("here", help_is)
    assert len(text) <= 500
    assert message_key(code) == f"signal.{code}"


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("never", NEVER)
def test_no_message_judges_reassures_or_advises_on_medicine(code: SignalCode, never: str) -> None:
    assert not re.search(never, message(code), re.IGNORECASE)


def test_the_spec_s_own_example_is_word_for_word() -> None:
    assert message("self_harm_item") == (
        "One of your answers can mean that you could use support now. "
        "Nobody reads entries as they arrive. Help is listed here."
    )


def test_what_to_do_fits_the_level() -> None:
    words = {
        "contact_clinic": "call your clinic",
        "urgent_care": "emergency number",
        "mention_to_clinician": "mention it to your clinician",
        "support": "listed here",
        "info": "listed here",
    }
    for rule in RULES:
        assert words[rule.level] in message(rule.code)


def test_every_code_has_one_rule_and_one_message() -> None:
    assert list(CODES) == [rule.code for rule in RULES] == list(ENTERED_AND_HELP)
