"""What is wrong with a request, member by member, in stable codes and without any value."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, to_json

DISCRIMINATORS = ("kind", "method")
"""Members that tell the options of a union apart."""

CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_member",
    "unexpected_keyword_argument": "unknown_member",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
    "finite_number": "out_of_range",
    "int_parsing_size": "out_of_range",
    "decimal_max_digits": "out_of_range",
    "decimal_whole_digits": "out_of_range",
    "multiple_of": "off_step",
    "decimal_max_places": "off_step",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "bytes_too_short": "too_short",
    "bytes_too_long": "too_long",
    "too_short": "too_few",
    "too_long": "too_many",
    "literal_error": "unknown_value",
    "enum": "unknown_value",
    "string_pattern_mismatch": "unknown_value",
    "url_parsing": "unknown_value",
    "url_scheme": "unknown_value",
    "url_syntax_violation": "unknown_value",
    "url_too_long": "too_long",
    "value_error": "unknown_value",
    "assertion_error": "unknown_value",
    "uuid_type": "bad_uuid",
    "uuid_parsing": "bad_uuid",
    "uuid_version": "bad_uuid",
    "date_type": "bad_date",
    "date_parsing": "bad_date",
    "date_from_datetime_parsing": "bad_date",
    "date_from_datetime_inexact": "bad_date",
    "datetime_type": "bad_instant",
    "datetime_parsing": "bad_instant",
    "datetime_from_date_parsing": "bad_instant",
    "datetime_object_invalid": "bad_instant",
    "timezone_aware": "bad_instant",
    "timezone_naive": "bad_instant",
    "union_tag_not_found": "missing",
    "union_tag_invalid": "unknown_kind",
}
"""pydantic's error types that have a word of their own; every other one is `wrong_type`."""

MESSAGES = {
    "missing": "This member is required.",
    "unknown_member": "There is no such member here.",
    "wrong_type": "This member has another type.",
    "out_of_range": "This number lies outside its range.",
    "off_step": "This number has a finer step or more decimals than allowed.",
    "too_short": "This text is too short.",
    "too_long": "This text is too long.",
    "too_few": "Too few values stand here.",
    "too_many": "Too many values stand here.",
    "duplicate": "This value stands here a second time.",
    "unknown_value": "This value is not one of those allowed.",
    "unknown_kind": "There is no entry of this kind.",
    "bad_uuid": "This is not a UUID of the form 8-4-4-4-12.",
    "bad_date": "This is not a date of the form YYYY-MM-DD.",
    "bad_instant": "This is not an RFC 3339 instant with seconds and an offset.",
    "unknown_time_zone": "This is not a name of the IANA time zone database.",
    "not_clearable": "This member is required and cannot be cleared.",
    "kind_fixed": "The kind of an entry cannot change.",
}

LIMITS = {
    "ge": "at least {}",
    "gt": "more than {}",
    "le": "at most {}",
    "lt": "less than {}",
    "min_length": "at least {}",
    "max_length": "at most {}",
}
"""The limits a message may name: they come from the model, never from the request."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; `pointer` into the body or `parameter` of the query, not both."""

    code: str
    message: str
    pointer: str | None = None
    parameter: str | None = None

    def json(self) -> bytes:
        """The fault as an answer tells it; absent members are left out."""
        return to_json({name: told for name, told in asdict(self).items() if told is not None})

    def under(self, prefix: str) -> "Fault":
        """The same fault of a body that lies at `prefix` inside a larger one."""
        return replace(self, pointer=prefix + (self.pointer or ""))


def fault(code: str, pointer: str, message: str | None = None) -> Fault:
    """A fault at `pointer`, with the usual message of its code unless one is given."""
    return Fault(code, message or MESSAGES[code], pointer)


def pointer_to(*parts: str | int) -> str:
    """The JSON Pointer (RFC 6901) through these members and positions."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def faults_from(error: ValidationError, prefix: str = "", body: object = None) -> list[Fault]:
    """The faults of a body that pydantic refused, pointers set behind `prefix`.

    Give the `body` as it was sent when the model is a union told apart by `kind`: pydantic puts
    the tag into the location, and only the body shows where.
    """
    details = error.errors(include_url=False)
    return [item.under(prefix) for item in _faults_of(details, body)]


def request_faults(errors: Sequence[Mapping[str, Any]], body: object = None) -> list[Fault]:
    """The faults of a whole request, from details whose location begins with where it was.

    `body` in front gives a pointer into the body; `query`, `path`, `header` and `cookie` give the
    name of the parameter. (Details carry untyped inputs, hence Any.)
    """
    faults = []
    for detail in errors:
        where, *location = detail["loc"]
        found = _faults_of([{**detail, "loc": tuple(location)}], body)  # type: ignore[typeddict-item]  # the same shape, untyped by FastAPI
        if where != "body" and location:
            found = [Fault(f.code, f.message, parameter=str(location[0])) for f in found]
        faults += found
    return faults


def _faults_of(details: Iterable[ErrorDetails], body: object) -> list[Fault]:
    return [item for detail in details for item in _faults_in(detail, body)]


def _faults_in(detail: ErrorDetails, body: object) -> list[Fault]:
    code = _code(detail)
    context = detail.get("ctx", {})
    location = [*_without_tags(detail["loc"], body)]
    if detail["type"].startswith("union_tag"):
        location.append(str(context["discriminator"]).strip("'"))
    message = _message(code, context)
    places = context.get("places", [()])
    return [Fault(code, message, pointer_to(*location, *place)) for place in places]


def _code(detail: ErrorDetails) -> str:
    kind, value = detail["type"], detail.get("input")
    if kind == "literal_error" and not isinstance(value, str | bool):
        return "wrong_type"
    if kind == "uuid_type" and not isinstance(value, str):
        return "wrong_type"
    if kind == "float_type" and isinstance(value, int) and not isinstance(value, bool):
        return "out_of_range"  # a whole number too large for a double
    if kind == "union_tag_invalid" and "method" in str(detail["ctx"]["discriminator"]):
        return "unknown_value"
    if kind in CODES:
        return CODES[kind]
    return kind if kind in MESSAGES else "wrong_type"


def _message(code: str, context: Mapping[str, object]) -> str:
    known = {name: context.get(name) for name in LIMITS}
    numbers = {name: told for name, told in known.items() if isinstance(told, int | float)}
    limits = [LIMITS[name].format(_written(told)) for name, told in numbers.items()]
    return f"{MESSAGES[code]} Allowed: {limits[0]}." if limits else MESSAGES[code]


def _written(number: float) -> str:
    """A whole number with all its digits, and 5.0 as 5."""
    return str(number) if isinstance(number, int) else f"{number:.15g}"


def _without_tags(location: Sequence[str | int], body: object) -> list[str | int]:
    """The location as a path through the body as sent: a tag names a member that is not there."""
    path: list[str | int] = []
    here, tag_may_follow = body, True
    for part in location:
        if tag_may_follow and isinstance(here, dict) and part in map(here.get, DISCRIMINATORS):
            tag_may_follow = False
            continue
        path.append(part)
        here, tag_may_follow = _step(here, part), True
    return path


def _step(here: object, part: str | int) -> object:
    if isinstance(here, dict):
        return here.get(part)
    if isinstance(here, list) and isinstance(part, int) and part < len(here):
        return here[part]
    return None
