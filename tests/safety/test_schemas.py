"""What clients see: documented to the last code, sealed and read again without loss."""

import json
from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

import pytest
from pydantic import ValidationError
from pydantic.json_schema import models_json_schema

from app.safety.resources import CRISIS_RESOURCES
from app.safety.rules import RuleContext, StoredSignal, evaluate
from app.safety.rules.signals import SignalCode, SignalLevel, SignalStatus
from app.safety.schemas import CrisisResourceList, Signal, SignalPage, SignalPatch
from tests.safety.journals import DOSE, NOW, dissociation, phq9, the_session

MODELS = [(each, "serialization") for each in (SignalPage, CrisisResourceList)]
SCHEMAS = models_json_schema([*MODELS, (SignalPatch, "validation")])[1]["$defs"]  # type: ignore[list-item]  # literals in a list


def a_signal() -> StoredSignal:
    """A signal of a phq-9."""
    (raised,) = evaluate(phq9(1), RuleContext(), DOSE).signals
    return raised.stored(UUID(int=7), DOSE + timedelta(microseconds=1999))


@pytest.mark.parametrize(
    ("name", "alias"),
    [("SignalCode", SignalCode), ("SignalLevel", SignalLevel), ("SignalStatus", SignalStatus)],
)
def test_every_code_level_and_status_is_documented(name: str, alias: object) -> None:
    words = get_args(get_args(alias.__value__)[0])  # type: ignore[attr-defined]  # an alias has one
    assert SCHEMAS[name]["enum"] == list(words)
    for word in words:
        assert f"- `{word}`: " in SCHEMAS[name]["description"]


def test_signals_have_the_members_of_the_contract() -> None:
    schema = SCHEMAS["Signal"]
    optional = {"acknowledged_at", "dismissed_at", "late_hours"}
    assert set(schema["properties"]) - set(schema["required"]) == optional
    assert schema["properties"]["monitored"]["const"] is False
    assert SCHEMAS["SignalPage"]["properties"]["monitored"]["const"] is False


def test_a_signal_reads_like_the_example_of_the_contract() -> None:
    signal = Signal.shown(a_signal(), CRISIS_RESOURCES.of("US")[:1])
    told = json.loads(signal.json_bytes())
    assert list(told) == [
        *("id", "code", "level", "entry_id", "rule_version", "facts", "status", "created_at"),
        *("message_key", "message", "resources", "monitored"),
    ]
    assert told["facts"] == [
        {"name": "item", "value": 9},
        {"name": "value", "value": 1},
        {"name": "threshold", "value": 1},
    ]
    assert (told["level"], told["rule_version"]) == ("support", "self_harm_item/1")
    assert (told["status"], told["monitored"]) == ("open", False)
    assert told["created_at"] == "2026-05-20T08:00:00.001Z"
    assert told["resources"][0]["id"] == "us-988"
    assert told["resources"][0]["checked_on"] == "2026-11-23"
    assert b'"value":9}' in signal.json_bytes()
    Signal.model_validate_json(signal.json_bytes())


def test_a_sealed_signal_is_the_same_when_it_is_opened() -> None:
    found = evaluate(dissociation(240.5, 7.5, distress=8), RuleContext([the_session()]), NOW)
    for raised in found.signals:
        stored = raised.stored(UUID(int=3), NOW).answered("acknowledged", NOW)
        sealed = stored.model_dump_json(exclude_none=True)
        assert StoredSignal.model_validate_json(sealed) == stored
        assert StoredSignal.model_validate_json(sealed).facts == raised.facts
        assert "null" not in sealed


def test_an_answer_is_kept_with_its_time_and_repeating_it_changes_nothing() -> None:
    later = datetime(2026, 6, 2, tzinfo=UTC)
    seen = a_signal().answered("acknowledged", NOW)
    assert (seen.status, seen.acknowledged_at, seen.dismissed_at) == ("acknowledged", NOW, None)
    assert seen.answered("acknowledged", later) is seen
    away = seen.answered("dismissed", later)
    assert (away.status, away.acknowledged_at, away.dismissed_at) == ("dismissed", NOW, later)
    gone = away.superseded()
    assert gone.answered("acknowledged", later) is gone
    assert gone.dismissed_at == later


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"status": "open"},
        {"status": "superseded"},
        {"status": None},
        {"status": 1},
        {"status": "dismissed", "note": "no"},
    ],
)
def test_patients_can_only_acknowledge_or_dismiss(odd: object) -> None:
    with pytest.raises(ValidationError):
        SignalPatch.model_validate(odd)
    assert SignalPatch.model_validate({"status": "dismissed"}).status == "dismissed"
