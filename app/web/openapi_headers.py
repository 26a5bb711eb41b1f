"""The headers of answers, as components of the OpenAPI file and as references to them."""

from typing import Any

# Parts of an OpenAPI file, nested dicts and lists of every JSON type: hence Any.
Header = dict[str, Any]

HEADERS: dict[str, Header] = {
    "EntityTag": {
        "description": "Version of what was answered, to send as `If-Match` or `If-None-Match`.",
        "schema": {"type": "string", "maxLength": 256},
    },
    "NewLocation": {
        "description": "Path of what was saved.",
        "schema": {"type": "string", "maxLength": 256},
    },
    "RequestId": {
        "description": (
            "The id to name when asking for help: the client's own, where it sent one of at most "
            "64 letters, digits, `.`, `_` and `-`."
        ),
        "schema": {"type": "string", "maxLength": 64},
    },
    "RetryAfter": {
        "description": "Whole seconds until the next try is worth it.",
        "schema": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 86400},
    },
}


def _reference(header: str, component: str) -> Header:
    return {header: {"$ref": f"#/components/headers/{component}"}}


ENTITY_TAG = _reference("ETag", "EntityTag")
NEW_LOCATION = _reference("Location", "NewLocation")
REQUEST_ID = _reference("X-Request-Id", "RequestId")
RETRY_AFTER = _reference("Retry-After", "RetryAfter")
