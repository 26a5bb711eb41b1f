"""Bodies and answers of sharing keep their shape."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError
from pydantic.json_schema import models_json_schema

from app.faults import faults_from
from app.sharing.manifest import (
    ShareManifest,
    ShareManifestFile,
    ShareManifestRequest,
    manifest_status,
)
from app.sharing.schemas import (
    EXAMPLE,
    Share,
    ShareAccess,
    ShareAccessPage,
    ShareDraft,
    SharePage,
    ShareScope,
)
from app.web.openapi_rules import SCHEMA_RULES
from app.web.openapi_schemas import cure_schemas, within

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
REQUESTS: tuple[type[BaseModel], ...] = (ShareDraft, ShareManifestRequest)
ANSWERS: tuple[type[BaseModel], ...] = (
    Share,
    SharePage,
    ShareAccess,
    ShareAccessPage,
    ShareManifest,
)


def components() -> dict[str, Any]:
    """The components of sharing, as they come to stand in the OpenAPI file."""
    asked = [(model, "validation") for model in REQUESTS]
    told = [(model, "serialization") for model in ANSWERS]
    _, schema = models_json_schema(
        [*asked, *told],  # type: ignore[list-item]  # the modes are literals, as pairs they widen
        ref_template="#/components/schemas/{model}",
    )
    document = {"components": {"schemas": schema["$defs"]}, "paths": {}}
    cure_schemas(document)
    found: dict[str, Any] = document["components"]["schemas"]
    return found


def test_components_obey_the_rules_of_the_api() -> None:
    faults = [
        f"{name}: {fault}"
        for name, component in components().items()
        for schema in within(component)
        for rule in SCHEMA_RULES
        for fault in rule(schema, schema is component)
    ]
    assert faults == []


def test_example_of_a_draft_is_a_draft() -> None:
    assert ShareDraft.model_validate(EXAMPLE).scope.kinds == ["mood", "anxiety", "session"]


def test_absent_members_of_an_answer_are_not_null() -> None:
    share = Share(
        id=UUID(int=1),
        kind="passcode",
        mode="live",
        scope=ShareScope.model_validate({"kinds": ["mood"], "last_days": 7}),
        expires_at=NOW,
        label="Journal",
        status="active",
        created_at=NOW,
        tries_left=10,
        openings=0,
    )
    text = SharePage(items=[share]).model_dump_json(exclude_none=True, by_alias=True)
    assert "null" not in text
    assert '"expires_at":"2026-06-01T12:00:00Z"' in text


def test_reader_may_send_members_of_other_standards() -> None:
    body = {"recipient": "Dr Lee", "passcode": "ABCD2345", "embeddedLengthMax": 0, "more": {}}
    request = ShareManifestRequest.model_validate(body)
    assert (request.recipient, request.passcode) == ("Dr Lee", "ABCD2345")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, "missing", "/recipient"),
        ({"recipient": ""}, "too_short", "/recipient"),
        ({"recipient": "x" * 121}, "too_long", "/recipient"),
        ({"recipient": "Dr\nLee"}, "unknown_value", "/recipient"),
        ({"recipient": "Dr\x85Lee"}, "unknown_value", "/recipient"),
        ({"recipient": 5}, "wrong_type", "/recipient"),
        ({"recipient": "Dr Lee", "passcode": "x" * 129}, "too_long", "/passcode"),
        ({"recipient": "Dr Lee", "passcode": 12345678}, "wrong_type", "/passcode"),
        ({"recipient": "Dr Lee", "embeddedLengthMax": -1}, "out_of_range", "/embeddedLengthMax"),
        ({"recipient": "Dr Lee", "embeddedLengthMax": 1.5}, "wrong_type", "/embeddedLengthMax"),
    ],
)
def test_bad_manifest_request_is_told_what_is_wrong(
    body: dict[str, Any], code: str, pointer: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        ShareManifestRequest.model_validate(body)
    assert [(each.code, each.pointer) for each in faults_from(refused.value)] == [(code, pointer)]


@pytest.mark.parametrize(
    ("asked", "length", "embedded"),
    [
        (None, 1024 * 1024, True),
        (None, 1024 * 1024 + 1, False),
        (0, 1, False),
        (500, 500, True),
        (500, 501, False),
    ],
)
def test_reader_decides_how_much_is_embedded(
    *, asked: int | None, length: int, embedded: bool
) -> None:
    body = {"recipient": "Dr Lee", **({} if asked is None else {"embeddedLengthMax": asked})}
    assert ShareManifestRequest.model_validate(body).embeds(length) == embedded


def test_manifest_speaks_the_names_of_the_standard() -> None:
    file = ShareManifestFile(
        content_type="application/fhir+json", last_updated=NOW, embedded="e30.."
    )
    manifest = ShareManifest(status=manifest_status("live"), files=[file])
    assert manifest.model_dump_json(exclude_none=True, by_alias=True) == (
        '{"status":"can-change","files":[{"contentType":"application/fhir+json",'
        '"lastUpdated":"2026-06-01T12:00:00Z","embedded":"e30.."}]}'
    )
    assert manifest_status("snapshot") == "finalized"
