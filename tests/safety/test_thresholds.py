"""The numbers of the rules are configuration with a version."""

import json

import pytest
from pydantic import ValidationError

from app.safety.rules import RULES
from app.safety.rules.thresholds import THRESHOLDS, THRESHOLDS_FILE, Thresholds

TOLD = json.loads(THRESHOLDS_FILE.read_text())

PUBLISHED: dict[str, dict[int, list[float]]] = {
    "self_harm_item": {1: [9, 1]},
    "asked_for_help": {1: []},
    "dissociation_persistent": {1: [240, 1, 1]},
    "dissociation_distress": {1: [8, 120]},
    "bp_high_pre": {1: [140, 90]},
    "bp_high": {1: [180, 110, 40, 25]},
    "spo2_low": {1: [90, 92]},
    "sedation_deep": {1: [2]},
    "red_flag_effect": {1: [3]},
    "urinary": {1: [60]},
    "unsupervised_session": {1: []},
    "presence_lost": {1: [3, 3, 7]},
}
"""Numbers of every version that ever raised a signal; a line is added, never changed."""


@pytest.mark.parametrize("code", sorted(TOLD))
def test_changed_numbers_have_a_new_version(code: str) -> None:
    told = {name: value for name, value in TOLD[code].items() if name != "awaits_sign_off"}
    version = told.pop("version")
    assert list(told.values()) == PUBLISHED[code][version]


@pytest.mark.parametrize("code", sorted(TOLD))
def test_what_awaits_a_signature_is_a_number_of_the_rule(code: str) -> None:
    assert set(TOLD[code]["awaits_sign_off"]) < set(TOLD[code])


def test_every_rule_has_numbers_and_every_number_a_rule() -> None:
    assert [rule.code for rule in RULES] == list(TOLD)
    for rule in RULES:
        assert rule.numbers == getattr(THRESHOLDS, rule.code)
        assert rule.version == f"{rule.code}/{TOLD[rule.code]['version']}"


def test_a_file_that_lacks_a_rule_or_names_another_is_refused() -> None:
    lacking = {code: numbers for code, numbers in TOLD.items() if code != "urinary"}
    for odd in (lacking, TOLD | {"mood_low": TOLD["urinary"]}):
        with pytest.raises(ValidationError):
            Thresholds.model_validate(odd)
