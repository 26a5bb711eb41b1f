"""Pydantic's errors in stable codes, with pointers into the body as it was sent."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from app.faults import (
    CODES,
    MESSAGES,
    Fault,
    fault,
    faults_from,
    pointer_to,
    request_faults,
)
from app.journal.kinds import EntryDraft
from tests.journal.kinds.journal_vectors import example


class Body(BaseModel):
    """A body with a member of each sort."""

    model_config = ConfigDict(extra="forbid", strict=True)

    number: Annotated[float, Field(ge=0, le=10)] = 0
    whole: Annotated[int, Field(gt=0, lt=5, multiple_of=2)] = 2
    text: Annotated[str, Field(min_length=2, max_length=3)] = "ab"
    code: Annotated[str, Field(pattern="^[a-z]+$")] = "a"
    items: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    choice: Literal["a", "b"] = "a"
    id: Annotated[UUID, Field(strict=False)] = UUID(int=0)
    day: Annotated[date, Field(strict=False, ge=date(2000, 1, 1))] = date(2026, 1, 1)
    at: Annotated[AwareDatetime | None, Field(strict=False)] = None
    flag: bool = True


def told(body: object, prefix: str = "") -> set[tuple[str, str | None]]:
    with pytest.raises(ValidationError) as refusal:
        Body.model_validate(body)
    return {(each.code, each.pointer) for each in faults_from(refusal.value, prefix)}


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("number", 10.5, "out_of_range"),
        ("number", -1, "out_of_range"),
        ("number", "1", "wrong_type"),
        ("number", True, "wrong_type"),
        ("number", None, "wrong_type"),
        ("number", 10**400, "out_of_range"),
        ("whole", 0, "out_of_range"),
        ("whole", 6, "out_of_range"),
        ("whole", 3, "off_step"),
        ("whole", 2.5, "wrong_type"),
        ("whole", 2.0, "wrong_type"),
        ("text", "a", "too_short"),
        ("text", "abcd", "too_long"),
        ("text", 5, "wrong_type"),
        ("code", "A", "unknown_value"),
        ("items", [], "too_few"),
        ("items", [1, 2, 3], "too_many"),
        ("items", {}, "wrong_type"),
        ("choice", "c", "unknown_value"),
        ("choice", 5, "wrong_type"),
        ("choice", None, "wrong_type"),
        ("id", "x", "bad_uuid"),
        ("id", 5, "wrong_type"),
        ("day", "2026-02-30", "bad_date"),
        ("at", "2026-05-20T12:00:00", "bad_instant"),
        ("at", "noon", "bad_instant"),
        ("flag", 1, "wrong_type"),
        ("other", 1, "unknown_member"),
    ],
)
def test_every_error_has_a_stable_code(member: str, value: object, code: str) -> None:
    assert told({member: value}) == {(code, f"/{member}")}


def test_pointers_stand_behind_the_prefix_and_are_escaped() -> None:
    assert told({"a/b~c": 1, "items": [1, "x"]}, "/changes/0/data") == {
        ("unknown_member", "/changes/0/data/a~1b~0c"),
        ("wrong_type", "/changes/0/data/items/1"),
    }
    assert pointer_to() == ""
    assert told([]) == {("wrong_type", "")}


def test_a_message_tells_the_limit_and_never_the_value() -> None:
    with pytest.raises(ValidationError) as refusal:
        Body.model_validate({"number": 777, "text": "secret", "choice": "hidden", "x-canary": 1})
    faults = faults_from(refusal.value)
    assert told({"day": "1999-12-31"}) == {("out_of_range", "/day")}
    messages = " ".join(each.message for each in faults)
    assert "at most 10" in messages
    assert "at most 3" in messages
    for value in ("777", "secret", "hidden"):
        assert value not in messages
    assert {each.message for each in faults if each.code == "unknown_value"} == {
        MESSAGES["unknown_value"]
    }


def test_every_code_has_a_message() -> None:
    assert set(CODES.values()) <= set(MESSAGES)


def test_an_error_of_our_own_may_lie_at_several_places() -> None:
    error = ValidationError.from_exception_data(
        "Body",
        [
            {
                "type": PydanticCustomError("duplicate", "twice", {"places": [(1,), (3,)]}),
                "loc": ("items",),
                "input": [],
            }
        ],
    )
    assert [each.pointer for each in faults_from(error)] == ["/items/1", "/items/3"]


def test_an_error_nobody_foresaw_is_a_wrong_type() -> None:
    error = ValidationError.from_exception_data(
        "Body", [{"type": PydanticCustomError("surprise", "x"), "loc": ("a",), "input": 1}]
    )
    assert [(each.code, each.pointer) for each in faults_from(error)] == [("wrong_type", "/a")]


class Drafts(BaseModel):
    """Entries inside a larger body."""

    items: list[EntryDraft]


def union_faults(model: type[BaseModel], body: object) -> set[tuple[str, str | None]]:
    with pytest.raises(ValidationError) as refusal:
        model.model_validate(body)
    return {(each.code, each.pointer) for each in faults_from(refusal.value, body=body)}


def test_the_tag_of_a_union_stands_in_no_pointer() -> None:
    bad = example("mood", score=11, mood={"kind": "mood", "score": 3})
    expected = {("out_of_range", "/score"), ("unknown_member", "/mood")}
    assert union_faults(EntryDraft, bad) == expected
    nested = {(code, f"/items/1{pointer}") for code, pointer in expected}
    assert union_faults(Drafts, {"items": [example("mood"), bad]}) == nested


def test_a_missing_and_an_unknown_tag_are_told_at_the_tag() -> None:
    assert union_faults(EntryDraft, {"score": 3}) == {("missing", "/kind")}
    assert union_faults(EntryDraft, {"kind": "sleep"}) == {("unknown_kind", "/kind")}
    assert union_faults(Drafts, {"items": [{"kind": "sleep"}]}) == {
        ("unknown_kind", "/items/0/kind")
    }


def test_request_faults_tell_bodies_from_parameters() -> None:
    errors: list[dict[str, Any]] = [  # as FastAPI hands them over, untyped
        {"type": "missing", "loc": ("body", "a"), "input": {}},
        {"type": "int_parsing", "loc": ("query", "limit"), "input": "secret"},
        {"type": "less_than_equal", "loc": ("query", "limit"), "input": 900, "ctx": {"le": 200}},
        {"type": "uuid_parsing", "loc": ("path", "id"), "input": "x", "ctx": {"error": "secret"}},
        {"type": "missing", "loc": ("body",), "input": None},
        {"type": "literal_error", "loc": ("body", "mood", "scope"), "input": "x", "ctx": {}},
    ]
    assert [(each.code, each.pointer, each.parameter) for each in request_faults(
        errors, {"kind": "mood", "scope": "x"}
    )] == [
        ("missing", "/a", None),
        ("wrong_type", None, "limit"),
        ("out_of_range", None, "limit"),
        ("bad_uuid", None, "id"),
        ("missing", "", None),
        ("unknown_value", "/scope", None),
    ]  # fmt: skip


def test_a_fault_is_told_without_absent_members() -> None:
    assert Fault("missing", "m", "/a").json() == b'{"code":"missing","message":"m","pointer":"/a"}'
    assert b"pointer" not in Fault("missing", "m", parameter="limit").json()
    assert fault("missing", "/a") == Fault("missing", MESSAGES["missing"], "/a")
    assert fault("missing", "/a", "other").message == "other"
