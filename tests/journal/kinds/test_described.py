"""How the kinds describe themselves in the OpenAPI file: named, bounded, never null."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from app.journal.kinds import (
    KINDS,
    CheckInDraft,
    Entry,
    EntryDraft,
    EntryPatch,
    EntryReplacement,
)
from tests.journal.kinds.journal_vectors import Members

REQUESTS: list[type[BaseModel]] = [EntryDraft, EntryReplacement, EntryPatch, CheckInDraft]
MODELS: list[type[BaseModel]] = [*REQUESTS, Entry]
NAMES = [model.__name__ for model in MODELS]


def schema_of(model: type[BaseModel]) -> Members:
    mode: Any = "serialization" if model is Entry else "validation"  # a Literal
    return model.model_json_schema(mode=mode)


def within(schema: Any) -> Iterator[Members]:
    """Every schema inside, components included. (JSON, hence Any.)"""
    if isinstance(schema, list):
        for part in schema:
            yield from within(part)
    elif isinstance(schema, dict):
        yield schema
        for name, part in schema.items():
            if name not in {"examples", "required", "mapping", "enum"}:
                yield from within(part)


def members_in(model: type[BaseModel]) -> Iterator[tuple[str, str, Members]]:
    """Every member of every component that a model leads to."""
    schema = schema_of(model)
    components = {**schema["$defs"], model.__name__: schema}
    for component, described in components.items():
        for name, member in described.get("properties", {}).items():
            yield component, name, member


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_every_value_has_its_limits(model: type[BaseModel]) -> None:
    for schema in within(schema_of(model)):
        told = schema.get("type", ())
        kinds = {told} if isinstance(told, str) else set(told)
        if "const" in schema or "enum" in schema:
            continue
        if "number" in kinds:
            assert schema["format"] == "double"
        if kinds & {"number", "integer"}:
            assert {"minimum", "maximum", "format"} <= set(schema)
        if "string" in kinds:
            assert "maxLength" in schema
        if "array" in kinds:
            assert {"maxItems", "items"} <= set(schema)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_objects_and_codes_are_components_and_absence_is_not_null(model: type[BaseModel]) -> None:
    for component, name, member in members_in(model):
        place = f"{component}.{name}"
        assert "anyOf" not in member, place
        assert "enum" not in member, place
        assert "properties" not in member, place
        assert member.get("default", ...) is not None, place
        if "null" in member.get("type", ()):
            assert component.endswith("Patch"), place
            assert "$ref" not in member, place


@pytest.mark.parametrize("model", [EntryDraft, EntryReplacement, Entry])
def test_a_union_is_told_apart_by_its_kind(model: type[BaseModel]) -> None:
    schema = schema_of(model)
    assert schema["discriminator"]["propertyName"] == "kind"
    assert set(schema["discriminator"]["mapping"]) == set(KINDS)
    assert len(schema["oneOf"]) == len(KINDS)
    for kind, target in schema["discriminator"]["mapping"].items():
        component = schema["$defs"][target.rpartition("/")[2]]
        assert component["properties"]["kind"]["const"] == kind
        assert "kind" in component["required"]


@pytest.mark.parametrize("name", KINDS)
def test_a_patch_requires_its_kind_alone_and_clears_what_may_be_absent(name: str) -> None:
    patches = schema_of(EntryPatch)["$defs"]
    patch = patches[f"{name.capitalize()}Patch"]
    required = set(
        schema_of(EntryReplacement)["$defs"][f"{name.capitalize()}Replacement"]["required"]
    )
    assert patch["required"] == ["kind"]
    for member, schema in patch["properties"].items():
        told = re.search("Null (clears it|brings back `\\w+`)\\.", schema.get("description", ""))
        clearable = told is not None or "null" in schema.get("type", ())
        assert clearable == (member not in required)


@pytest.mark.parametrize("name", KINDS)
def test_a_patch_says_which_default_null_brings_back(name: str) -> None:
    whole = schema_of(EntryReplacement)["$defs"][f"{name.capitalize()}Replacement"]["properties"]
    patch = schema_of(EntryPatch)["$defs"][f"{name.capitalize()}Patch"]["properties"]
    defaults = {member: each["default"] for member, each in whole.items() if "default" in each}
    assert "source" in defaults
    for member, default in defaults.items():
        assert f"Null brings back `{str(default).lower()}`." in patch[member]["description"]


@pytest.mark.parametrize("name", KINDS)
def test_what_the_server_fills_is_always_there_in_a_read_entry(name: str) -> None:
    read = schema_of(Entry)["$defs"][name.capitalize()]
    draft = schema_of(EntryDraft)["$defs"][f"{name.capitalize()}Draft"]
    filled = {member for member, schema in draft["properties"].items() if "default" in schema}
    assert filled <= set(read["required"])
    server = {"id", "local_date", "retrospective", "revision", "created_at", "updated_at"}
    assert server <= set(read["required"])
    assert "additionalProperties" not in read
    assert draft["additionalProperties"] is False
    assert set(draft["properties"]) <= set(read["properties"])


def test_only_who_changes_an_import_may_say_that_it_was_one() -> None:
    told = {model for model in MODELS if '"import"' in json.dumps(schema_of(model))}
    assert told == {EntryReplacement, EntryPatch, Entry}


@pytest.mark.parametrize("name", KINDS)
def test_a_draft_carries_its_examples(name: str) -> None:
    draft = schema_of(EntryDraft)["$defs"][f"{name.capitalize()}Draft"]
    assert draft["examples"] == json.loads(json.dumps(KINDS[name].examples))
