"""The published schema of the trend summary is the newest, and tells good documents from bad."""

import json
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types

from app.trends.published_schema import ADDRESS, PUBLISHED, published_text
from tests.service import Patient, Service
from tests.sharing.links import opened, share, trend_document
from tests.sharing.shared_journal import ALL_KINDS, journal

SCHEMA = json.loads(PUBLISHED.read_text("utf-8"))


def faults(document: dict[str, Any]) -> list[str]:  # free JSON
    """What the schema finds wrong."""
    return [each.message for each in Draft202012Validator(SCHEMA).iter_errors(document)]


def test_the_published_schema_is_the_newest() -> None:
    assert PUBLISHED.read_text("utf-8") == published_text(), "python -m app.trends.published_schema"


def test_it_is_a_schema_with_a_name() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == ADDRESS


@pytest.mark.anyio
@pytest.mark.parametrize("kinds", [ALL_KINDS, ["mood"], ["session"], ["assessment"]])
async def test_what_a_share_carries_fits_it(
    service: Service, patient: Patient, kinds: list[str]
) -> None:
    await journal(patient)
    scope = {"kinds": kinds, "include_notes": True}
    document = trend_document(await opened(service, await share(patient, scope=scope)))
    assert faults(document) == []
    for change in (
        {"format": "another"},
        {"version": 2},
        {"not_monitored": False},
        {"mode": "frozen"},
        {"caveats": ["nobody_knows"]},
    ):
        assert faults(deepcopy(document) | change)
    del document["scope"]
    assert faults(document)
