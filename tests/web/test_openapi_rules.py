"""The checker by which the OpenAPI file is held to every rule: the sample keeps all of them."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from app.web.openapi_rules import openapi_faults
from tests.web.openapi_examples import example_faults, examples

# An OpenAPI file is nested dicts and lists of every JSON type.
Document = dict[str, Any]

KNOWN = {
    # The sample takes names and tokens of any length and asks for an enum in place.
    "GET /shl/{token} token: a string has no maxLength",
    "POST /shl/{token} token: a string has no maxLength",
    "GET /v1/refusals/{name} name: a string has no maxLength",
    "GET /v1/notes kind: holds an inline enum",
}


def test_sample_keeps_every_rule(document: Document) -> None:
    assert set(openapi_faults(document)) == KNOWN


Break = Callable[[Document], object]


def operation(document: Document) -> Document:
    """One operation to break."""
    found: Document = document["paths"]["/v1/notes"]["post"]
    return found


def property_of(document: Document, component: str, name: str) -> Document:
    """One property to break."""
    found: Document = document["components"]["schemas"][component]["properties"][name]
    return found


BREAKS: dict[str, Break] = {
    "the version is not 3.1": lambda d: d.update(openapi="3.0.3"),
    "exactly one security scheme": lambda d: d["components"].update(securitySchemes={}),
    "stands 2 times": lambda d: operation(d).update(operationId="listNotes"),
    "is no name for a component": lambda d: d["components"]["schemas"].update(Data={}),
    "not a verb and a noun": lambda d: operation(d).update(operationId="notes"),
    "not exactly one tag": lambda d: operation(d).update(tags=["A", "B"]),
    "has no summary": lambda d: operation(d).pop("summary"),
    "has no description": lambda d: operation(d).pop("description"),
    "does not declare 401": lambda d: operation(d)["responses"].pop("401"),
    "does not declare 415": lambda d: operation(d)["responses"].pop("415"),
    "does not declare 503": lambda d: operation(d)["responses"].pop("503"),
    "the body is no named component": lambda d: operation(d)["requestBody"]["content"].update(
        {"application/json": {"schema": {"type": "object"}}}
    ),
    "201 is no named component": lambda d: operation(d)["responses"].update(
        {"201": {"content": {"application/json": {"schema": {}}}}}
    ),
    "409 is not a Problem": lambda d: operation(d)["responses"].update({"409": {}}),
    "says nullable": lambda d: property_of(d, "Note", "note").update(nullable=True),
    "has a title": lambda d: property_of(d, "Note", "note").update(title="Note"),
    "has null as its default": lambda d: property_of(d, "Note", "note").update(default=None),
    "uses allOf": lambda d: property_of(d, "Note", "note").update(allOf=[{}]),
    "pins a boolean": lambda d: property_of(d, "Note", "note").update(const=True),
    "is a free-form map": lambda d: d["components"]["schemas"]["Note"].update(
        additionalProperties={"type": "string", "maxLength": 1}
    ),
    "holds an inline object": lambda d: property_of(d, "Note", "note").update(type="object"),
    "RestDraft: holds an inline enum": lambda d: property_of(d, "RestDraft", "comfort").update(
        enum=[1]
    ),
    "holds an inline anyOf": lambda d: property_of(d, "Note", "note").update(anyOf=[{}]),
    "no format double": lambda d: property_of(d, "RestDraft", "comfort").pop("format"),
    "an integer has no format": lambda d: property_of(d, "Note", "revision").pop("format"),
    "an integer lacks a bound": lambda d: property_of(d, "Note", "revision").pop("minimum"),
    "Note: an integer lacks a bound": lambda d: property_of(d, "Note", "revision").update(
        minimum=1.5
    ),
    "Note: a string has no maxLength": lambda d: property_of(d, "Note", "note").pop("maxLength"),
    "an array has no maxItems": lambda d: property_of(d, "NotePage", "items").pop("maxItems"),
    "its mapping is not complete": lambda d: d["components"]["schemas"]["NoteDraft"][
        "discriminator"
    ]["mapping"].pop("walk"),
    "is a union without a tag": lambda d: d["components"]["schemas"].update(
        Odd={"anyOf": [{"$ref": "#/components/schemas/Note"}]}
    ),
    "does not pin its tag": lambda d: property_of(d, "WalkDraft", "kind").update(default="walk"),
    "does not exist": lambda d: property_of(d, "NotePatch", "note").update(
        {"$ref": "#/components/schemas/Nowhere"}
    ),
    "an answer may hold null": lambda d: property_of(d, "Note", "note").update(
        type=["string", "null"]
    ),
}


@pytest.mark.parametrize(("fault", "break_it"), BREAKS.items(), ids=BREAKS.keys())
def test_checker_finds_each_broken_rule(document: Document, fault: str, break_it: Break) -> None:
    broken = deepcopy(document)
    break_it(broken)
    new = set(openapi_faults(broken)) - KNOWN
    assert any(fault in each for each in new), new


def test_examples_are_held_against_their_schemas(document: Document) -> None:
    good = deepcopy(document)
    good["components"]["schemas"]["Note"]["examples"] = [{"id": "x", "revision": 1}]
    property_of(good, "Note", "revision")["examples"] = [1]
    good["paths"]["/v1/notes"]["get"]["parameters"][1]["example"] = 7
    operation(good)["requestBody"]["content"]["application/json"]["examples"] = {
        "walk": {"value": {"kind": "walk", "steps": 1}}
    }
    assert len(list(examples(good))) == 4
    assert example_faults(good) == []
    bad = deepcopy(good)
    property_of(bad, "Note", "revision")["examples"] = ["one"]
    operation(bad)["requestBody"]["content"]["application/json"]["examples"] = {
        "walk": {"value": {"kind": "walk"}}
    }
    assert len(example_faults(bad)) == 2
