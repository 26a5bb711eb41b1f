"""The OpenAPI file of the sample app, and the checker that every rule is held by."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from fastapi import APIRouter
from pydantic import BaseModel, Field, RootModel

from app.web.identity import CurrentPatient
from app.web.openapi import openapi_document, openapi_text, write_openapi
from app.web.openapi_rules import openapi_faults
from app.web.routing import StrictRoute
from app.web.shape import ShellSettings, build_shell
from tests.web.openapi_examples import example_faults, examples
from tests.web.raw import HOST, ask
from tests.web.sample import Note, an_app

# An OpenAPI file is nested dicts and lists of every JSON type.
Document = dict[str, Any]

KNOWN = {
    # The sample takes names and tokens of any length and asks for an enum in place.
    "GET /shl/{token} token: a string has no maxLength",
    "POST /shl/{token} token: a string has no maxLength",
    "GET /v1/refusals/{name} name: a string has no maxLength",
    "GET /v1/notes kind: holds an inline enum",
}


@pytest.fixture(scope="module")
def document() -> Document:
    """The file of the sample app."""
    return openapi_document(an_app())


def test_sample_keeps_every_rule(document: Document) -> None:
    assert set(openapi_faults(document)) == KNOWN


def test_operations_are_named_by_their_functions(document: Document) -> None:
    operation = document["paths"]["/v1/notes"]["post"]
    assert operation["operationId"] == "createNote"
    assert operation["summary"] == "Save a note"
    assert operation["description"] == "Save a note.\n\nThe same again is harmless."
    assert operation["tags"] == ["Notes"]


def statuses(document: Document, path: str, method: str) -> set[str]:
    """The statuses an operation declares."""
    return set(document["paths"][path][method]["responses"])


def test_problems_are_declared_where_they_can_happen(document: Document) -> None:
    everywhere = {"422", "429", "500", "503"}
    body = {"413", "415"}
    assert statuses(document, "/v1/notes", "post") == everywhere | body | {"201", "401", "409"}
    assert statuses(document, "/v1/notes", "get") == everywhere | {"200", "401"}
    note = "/v1/notes/{note_id}"
    changed = {"401", "404", "412", "428"}
    assert statuses(document, note, "patch") == everywhere | body | changed | {"200"}
    assert statuses(document, note, "delete") == everywhere | changed | {"204"}
    assert statuses(document, note, "get") == everywhere | {"200", "304", "401", "404"}
    assert statuses(document, "/v1/greeting", "get") == everywhere | {"200", "401"}
    assert statuses(document, "/shl/{token}", "get") == everywhere | {"200", "404"}


def test_all_problems_are_the_one_component(document: Document) -> None:
    response = document["paths"]["/v1/notes"]["post"]["responses"]["422"]
    schema = response["content"]["application/problem+json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/Problem"}
    assert response["description"] == "`invalid_request`, `malformed_json`"
    assert "ValidationError" not in json.dumps(document)


def test_security_is_declared_once(document: Document) -> None:
    schemes = document["components"]["securitySchemes"]
    assert [(each["type"], each["scheme"]) for each in schemes.values()] == [("http", "bearer")]
    assert document["security"] == [{"accessToken": []}]
    assert document["paths"]["/shl/{token}"]["get"]["security"] == []
    assert "security" not in document["paths"]["/v1/notes"]["get"]


def test_conditional_operations_declare_their_header(document: Document) -> None:
    note = document["paths"]["/v1/notes/{note_id}"]
    assert ("If-Match", True) in [(p["name"], p["required"]) for p in note["patch"]["parameters"]]
    assert ("If-None-Match", False) in [
        (p["name"], p["required"]) for p in note["get"]["parameters"]
    ]
    assert "x-conditional" not in json.dumps(document)


def test_patch_declares_both_media_types(document: Document) -> None:
    content = document["paths"]["/v1/notes/{note_id}"]["patch"]["requestBody"]["content"]
    assert content.keys() == {"application/json", "application/merge-patch+json"}


def test_taken_body_is_a_component_and_required(document: Document) -> None:
    body = document["paths"]["/v1/notes/{note_id}"]["put"]["requestBody"]
    assert body["required"]
    schema = body["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/NoteDraft"}


def test_answers_are_never_null_and_patches_may_be(document: Document) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["Note"]["properties"]["note"]["type"] == "string"
    assert schemas["NotePatch"]["properties"]["note"]["type"] == ["string", "null"]
    assert "default" not in schemas["NotePatch"]["properties"]["note"]


def test_unknown_members_are_closed_in_requests_and_open_in_answers(document: Document) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["WalkDraft"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["Note"]


def test_numbers_have_formats_and_whole_bounds(document: Document) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["RestDraft"]["properties"]["comfort"]["format"] == "double"
    steps = schemas["WalkDraft"]["properties"]["steps"]
    assert (steps["format"], json.dumps(steps["maximum"])) == ("int32", "100000")
    revision = schemas["Note"]["properties"]["revision"]
    assert (revision["format"], json.dumps(revision["maximum"])) == ("int64", str(2**53 - 1))
    parameters = document["paths"]["/v1/notes"]["get"]["parameters"]
    (limit,) = (each for each in parameters if each["name"] == "limit")
    assert (limit["schema"]["minimum"], limit["schema"]["maximum"]) == (1, 200)


def test_tags_of_unions_are_mapped_required_and_constant() -> None:
    class Cat(BaseModel):
        kind: Literal["cat"] = "cat"

    class Dog(BaseModel):
        kind: Literal["dog"] = "dog"

    class Pet(RootModel[Annotated[Cat | Dog, Field(discriminator="kind")]]):
        pass

    router = APIRouter(route_class=StrictRoute, tags=["Pets"])

    @router.get("/v1/pets", response_model=Pet)
    async def get_pet(caller: CurrentPatient) -> None:
        """Get a pet."""

    schemas = openapi_document(build_shell("Pets", "1", [router], {}))["components"]["schemas"]
    assert schemas["Pet"]["discriminator"]["mapping"] == {
        "cat": "#/components/schemas/Cat",
        "dog": "#/components/schemas/Dog",
    }
    assert schemas["Cat"]["required"] == ["kind"]
    assert schemas["Cat"]["properties"]["kind"] == {"const": "cat", "type": "string"}


def test_file_is_sorted_and_ends_with_a_newline(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    write_openapi(an_app(), path)
    text = path.read_text(encoding="utf-8")
    assert text == openapi_text(document)
    assert text.endswith("}\n")
    assert text == json.dumps(json.loads(text), sort_keys=True, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.anyio
async def test_file_is_served_only_where_it_is_wanted() -> None:
    wanted = await ask(an_app(ShellSettings(serve_docs=True)), target=b"/openapi.json")
    assert json.loads(wanted.body)["openapi"].startswith("3.1")
    assert (await ask(an_app(), target=b"/openapi.json")).status == 404
    for path in (b"/docs", b"/redoc"):
        assert (await ask(an_app(), target=path, headers=[HOST])).status == 404


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


def test_component_names_come_from_the_models(document: Document) -> None:
    assert Note.__name__ in document["components"]["schemas"]
