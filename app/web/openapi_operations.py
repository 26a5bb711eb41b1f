"""What each operation of the OpenAPI file says of itself: refusals, headers, media types."""

from typing import Any

from app.web.conditional import (
    CONDITIONAL_CHANGE,
    CONDITIONAL_READ,
    EXPECTED_REVISION,
    TAG_CHARACTERS,
)
from app.web.json_reading import TooManyValues
from app.web.openapi_headers import ENTITY_TAG, REQUEST_ID, RETRY_AFTER
from app.web.problems import (
    BodyTooLarge,
    Internal,
    InvalidRequest,
    MalformedJson,
    NotFound,
    Overloaded,
    PreconditionFailed,
    PreconditionRequired,
    RateLimited,
    Refusal,
    TokenInvalid,
    Unavailable,
    UnsupportedMediaType,
    refusals,
)
from app.web.routing import StrictRoute, dependencies_of

# Parts of an OpenAPI file, nested dicts and lists of every JSON type: hence Any.
Operation = dict[str, Any]

EVERYWHERE: tuple[type[Refusal], ...] = (
    InvalidRequest,  # an unknown query parameter is refused by every operation
    RateLimited,
    Internal,
    Overloaded,
    Unavailable,
)
OF_BODIES: tuple[type[Refusal], ...] = (
    BodyTooLarge,
    TooManyValues,
    UnsupportedMediaType,
    MalformedJson,
)
OF_CHANGES: tuple[type[Refusal], ...] = (PreconditionFailed, PreconditionRequired)

IF_MATCH = "The `ETag` of the version that the change rests on: its `revision` in quotes."
IF_NONE_MATCH = "The `ETag` of what the client already has."

DONE = {"200": "Done.", "201": "Created.", "202": "Taken; more follows.", "204": "Done."}
"""What a success says in the file when its route says nothing of its own."""
FRAMEWORK_SUCCESS = "Successful Response"


def declare(operation: Operation, route: StrictRoute) -> None:
    """Complete `operation` in place; what the route declared itself stays."""
    responses = operation.setdefault("responses", {})
    if "HTTPValidationError" in str(responses.get("422", "")):
        del responses["422"]
    if "requestBody" in operation:
        _declare_merge_patch(operation["requestBody"]["content"], route)
    for status, response in refusals(*_kinds(operation, route)).items():
        _declare_refusals(responses.setdefault(str(status), response), response)
    _declare_conditions(operation, route)
    _declare_answers(responses)


def _declare_refusals(declared: Operation, general: Operation) -> None:
    """The codes that the route names come first, those of the shell behind them."""
    codes = [*declared["description"].split(", "), *general["description"].split(", ")]
    declared["description"] = ", ".join(dict.fromkeys(codes))


def _declare_answers(responses: Operation) -> None:
    """A description and the headers that every answer has."""
    for status, response in responses.items():
        if response["description"] == FRAMEWORK_SUCCESS:
            response["description"] = DONE[status]
        response.setdefault("headers", {}).update(REQUEST_ID)
    for status in ("429", "503"):
        responses[status]["headers"].update(RETRY_AFTER)


def _kinds(operation: Operation, route: StrictRoute) -> list[type[Refusal]]:
    """The refusals that the shell itself may answer with here."""
    kinds = [*EVERYWHERE]
    if route.is_secured():
        kinds.append(TokenInvalid)
    if any(parameter["in"] == "path" for parameter in operation.get("parameters", ())):
        kinds.append(NotFound)
    if "requestBody" in operation:
        kinds += OF_BODIES
    if _rests_on_a_revision(route):
        kinds += OF_CHANGES
    return kinds


def _rests_on_a_revision(route: StrictRoute) -> bool:
    marked = any(name in (route.openapi_extra or {}) for name in CONDITIONAL_CHANGE)
    return marked or any(
        each.call is EXPECTED_REVISION for each in dependencies_of(route.dependant)
    )


def _declare_conditions(operation: Operation, route: StrictRoute) -> None:
    """The headers of a conditional operation, and 304."""
    responses = operation["responses"]
    tagged: tuple[str, ...] = ()
    if _rests_on_a_revision(route):
        _add_header(operation, "If-Match", IF_MATCH, required=True)
        tagged = ("200", "412")
    if any(name in (route.openapi_extra or {}) for name in CONDITIONAL_READ):
        _add_header(operation, "If-None-Match", IF_NONE_MATCH, required=False)
        responses.setdefault("304", {"description": "Unchanged."})
        tagged = ("200", "304")
    for status in tagged:
        if status in responses:
            responses[status].setdefault("headers", {}).update(ENTITY_TAG)
    for name in (*CONDITIONAL_CHANGE, *CONDITIONAL_READ):
        operation.pop(name, None)


def _add_header(operation: Operation, name: str, text: str, *, required: bool) -> None:
    schema = {"type": "string", "maxLength": TAG_CHARACTERS}
    parameter = {
        "name": name,
        "in": "header",
        "required": required,
        "description": text,
        "schema": schema,
    }
    operation.setdefault("parameters", []).append(parameter)


def _declare_merge_patch(content: dict[str, Any], route: StrictRoute) -> None:
    """A PATCH reads its body under both names of a merge patch."""
    if "PATCH" in (route.methods or ()) and "application/json" in content:
        content["application/merge-patch+json"] = content["application/json"]
