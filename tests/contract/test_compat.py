"""The differ finds every planted break, lets additions pass, and gates the changelog."""

import importlib.util
import json
import re
from collections.abc import Callable
from copy import deepcopy
from types import ModuleType

import pytest

from tests.contract.paths import OPENAPI, Document


def loaded() -> ModuleType:
    """openapi/compat.py, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("compat", OPENAPI / "compat.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


compat = loaded()
Break = Callable[[Document], object]


def schema(document: Document, name: str) -> Document:
    """A component to change."""
    found: Document = document["components"]["schemas"][name]
    return found


def member(document: Document, name: str, of: str) -> Document:
    """A member of a component."""
    found: Document = schema(document, name)["properties"][of]
    return found


def operation(document: Document, path: str, method: str) -> Document:
    """An operation to change."""
    found: Document = document["paths"][path][method]
    return found


ENTRIES, ENTRY = "/v1/entries", "/v1/entries/{entry_id}"
BREAKS: dict[str, Break] = {
    "GET /v1/entries: is gone": lambda d: d["paths"][ENTRIES].pop("get"),
    "has another name": lambda d: operation(d, ENTRIES, "get").update(operationId="showEntries"),
    "is no longer public": lambda d: operation(d, "/healthz", "get").pop("security"),
    "parameter since is new and required": lambda d: operation(d, ENTRIES, "get")[
        "parameters"
    ].append({"in": "query", "name": "since", "required": True, "schema": {"type": "string"}}),
    "parameter session_id became required": lambda d: operation(d, ENTRIES, "get")["parameters"][
        0
    ].update(required=True),
    "parameter session_id is gone": lambda d: operation(d, ENTRIES, "get")["parameters"].pop(0),
    "body application/merge-patch+json is gone": lambda d: operation(d, ENTRY, "patch")[
        "requestBody"
    ]["content"].pop("application/merge-patch+json"),
    "a body became required": lambda d: operation(d, ENTRY, "delete").update(
        requestBody={"required": True, "content": {}}
    ),
    "200 is gone": lambda d: operation(d, ENTRIES, "post")["responses"].pop("200"),
    "in another way": lambda d: d["components"]["securitySchemes"]["accessToken"].update(
        scheme="basic"
    ),
    "200 header ETag is gone": lambda d: operation(d, ENTRY, "get")["responses"]["200"][
        "headers"
    ].pop("ETag"),
    "parameter limit default changed": lambda d: next(
        each for each in operation(d, ENTRIES, "get")["parameters"] if each["name"] == "limit"
    )["schema"].update(default=20),
    "ShareScope.include_notes default changed": lambda d: member(
        d, "ShareScope", "include_notes"
    ).update(default=True),
    "Emotion may now be a value that is not listed": lambda d: schema(d, "Emotion").pop("enum"),
    "EntryDraft is told apart by type": lambda d: schema(d, "EntryDraft")["discriminator"].update(
        propertyName="type"
    ),
    # A newly required member of a member of a union, which public differs overlook.
    "MoodDraft.energy became required": lambda d: schema(d, "MoodDraft")["required"].append(
        "energy"
    ),
    "FlashbackPatch.trigger is gone": lambda d: schema(d, "FlashbackPatch")["properties"].pop(
        "trigger"
    ),
    "EntryDraft no longer knows mood": lambda d: schema(d, "EntryDraft")["discriminator"][
        "mapping"
    ].pop("mood"),
    "Entry may be sleep": lambda d: schema(d, "Entry")["discriminator"]["mapping"].update(
        sleep="#/components/schemas/Mood"
    ),
    "Emotion no longer takes calm": lambda d: schema(d, "Emotion")["enum"].remove("calm"),
    "MoodDraft.score maximum is narrower": lambda d: member(d, "MoodDraft", "score").update(
        maximum=9
    ),
    "MoodDraft.score minimum is narrower": lambda d: member(d, "MoodDraft", "score").update(
        minimum=1
    ),
    "MoodDraft.note maxLength is narrower": lambda d: member(d, "MoodDraft", "note").update(
        maxLength=100
    ),
    "MoodDraft.score multipleOf changed": lambda d: member(d, "MoodDraft", "score").update(
        multipleOf=1
    ),
    "MoodDraft.time_zone pattern changed": lambda d: member(d, "MoodDraft", "time_zone").update(
        pattern="^Europe/"
    ),
    "MoodPatch.note no longer takes null": lambda d: member(d, "MoodPatch", "note").update(
        type="string"
    ),
    "MoodDraft.tags minItems is narrower": lambda d: member(d, "MoodDraft", "tags").update(
        minItems=2
    ),
    "MoodDraft.tags[] maxLength is narrower": lambda d: member(d, "MoodDraft", "tags")[
        "items"
    ].update(maxLength=8),
    "Mood.score is gone": lambda d: schema(d, "Mood")["properties"].pop("score"),
    "Mood.score need not be there any more": lambda d: schema(d, "Mood")["required"].remove(
        "score"
    ),
    "Mood.revision maximum is wider": lambda d: member(d, "Mood", "revision").update(maximum=2**60),
    "Mood.note may now be null": lambda d: member(d, "Mood", "note").update(
        type=["string", "null"]
    ),
    "Mood.revision format changed": lambda d: member(d, "Mood", "revision").update(format="int32"),
}


@pytest.mark.parametrize(("told", "break_it"), BREAKS.items(), ids=BREAKS.keys())
def test_the_differ_finds_a_planted_break(document: Document, told: str, break_it: Break) -> None:
    broken = deepcopy(document)
    break_it(broken)
    found = compat.breaks(document, broken)
    assert any(told in each for each in found), found


def test_what_is_public_may_tell_more_to_whoever_is_signed_in(document: Document) -> None:
    more, secured = deepcopy(document), deepcopy(document)
    operation(more, "/healthz", "get").update(security=[{}, {"accessToken": []}])
    operation(secured, "/healthz", "get").update(security=[{"accessToken": []}])
    assert compat.breaks(document, more) == compat.breaks(more, document) == []
    assert compat.breaks(more, secured) == ["GET /healthz: is no longer public"]


def put_in_a_union(document: Document, name: str) -> str:
    """A reference to a new union that has this component as one of its members."""
    member = f"#/components/schemas/{name}"
    tag = {"propertyName": "method", "mapping": {"mail": member}}
    schemas = document["components"]["schemas"]
    schemas["AnyDraft"] = {"oneOf": [{"$ref": member}], "discriminator": tag}
    return "#/components/schemas/AnyDraft"


def test_a_body_that_became_one_of_several_is_still_held_to_what_it_was(
    document: Document,
) -> None:
    grown = deepcopy(document)
    content = operation(grown, "/v1/accounts", "post")["requestBody"]["content"]
    content["application/json"]["schema"] = {"$ref": put_in_a_union(grown, "AccountDraft")}
    schema(grown, "AccountDraft")["required"].append("locale")
    assert compat.breaks(document, grown) == [
        "POST /v1/accounts: AccountDraft.locale became required"
    ]


ADDITIONS: dict[str, Break] = {
    "an operation": lambda d: d["paths"].update({"/v1/sleep": d["paths"]["/healthz"]}),
    "an optional member of a request": lambda d: schema(d, "MoodDraft")["properties"].update(
        sleep={"type": "string", "maxLength": 9}
    ),
    "a member of an answer": lambda d: schema(d, "Mood")["required"].append("sleep"),
    "an enum value": lambda d: schema(d, "Emotion")["enum"].append("sleepy"),
    "a wider bound of a request": lambda d: member(d, "MoodDraft", "score").update(maximum=11),
    "a narrower bound of an answer": lambda d: member(d, "Mood", "score").update(maximum=9),
    "an optional parameter": lambda d: operation(d, ENTRIES, "get")["parameters"].append(
        {"in": "query", "name": "since", "required": False, "schema": {"type": "string"}}
    ),
    "a kind to be sent": lambda d: schema(d, "EntryDraft")["discriminator"]["mapping"].update(
        sleep="#/components/schemas/MoodDraft"
    ),
    "other ways to send a body": lambda d: operation(d, "/v1/accounts", "post")["requestBody"][
        "content"
    ]["application/json"].update(schema={"$ref": put_in_a_union(d, "AccountDraft")}),
    "other words": lambda d: operation(d, ENTRIES, "get").update(summary="Show"),
}


@pytest.mark.parametrize("add", ADDITIONS.values(), ids=ADDITIONS.keys())
def test_the_differ_lets_an_addition_pass(document: Document, add: Break) -> None:
    grown = deepcopy(document)
    add(grown)
    assert grown != document
    assert compat.breaks(document, grown) == []


def versions() -> list[str]:
    """The versions of the changelog, newest first."""
    text = (OPENAPI / "CHANGELOG.md").read_text(encoding="utf-8")
    return re.findall(r"^## (\d+\.\d+\.\d+)", text, re.MULTILINE)


def test_the_changelog_begins_with_the_version_of_the_file(document: Document) -> None:
    assert versions()[0] == document["info"]["version"]


def test_a_break_needs_a_new_major_version_and_a_line_in_the_changelog(
    document: Document,
) -> None:
    published = json.loads((OPENAPI / "published.json").read_text(encoding="utf-8"))
    found = compat.breaks(published, document)
    majors = [int(each["info"]["version"].split(".")[0]) for each in (published, document)]
    assert majors[1] > majors[0] or found == []
    newest = (OPENAPI / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1]
    assert [each for each in found if each not in newest] == []


def test_the_words_of_a_file_bind_nobody(document: Document) -> None:
    assert compat.breaks(compat.stripped(document), document) == []
    assert "Walked by the river" not in json.dumps(compat.stripped(document))
