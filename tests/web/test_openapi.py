"""The OpenAPI file of the sample app."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from fastapi import APIRouter
from pydantic import BaseModel, Field, RootModel

from app.web.identity import CurrentPatient
from app.web.openapi import openapi_document, openapi_text, write_openapi
from app.web.routing import StrictRoute
from app.web.shape import ShellSettings, build_shell
from tests.web.raw import HOST, ask
from tests.web.sample import Note, an_app

# An OpenAPI file is nested dicts and lists of every JSON type.
Document = dict[str, Any]


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
    assert statuses(document, "/v1/notes", "get") == everywhere | {"200", "304", "401"}
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


def test_component_names_come_from_the_models(document: Document) -> None:
    assert Note.__name__ in document["components"]["schemas"]
