"""The checker of the rules for the OpenAPI file; each fault is one line that names its place."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.web.openapi_schemas import BOUNDS, COMPONENTS, operations, reachable, within
from app.web.openapi_schemas import answers as answer_schemas
from app.web.problem_shape import PROBLEM_TYPE

# Parts of an OpenAPI file, nested dicts and lists of every JSON type: hence Any.
Part = Mapping[str, Any]

OPERATION_ID = re.compile(r"[a-z]+[A-Z][A-Za-z0-9]*")
BANNED_NAMES = frozenset({"Error", "Response", "Data", "Type", "Date", "Body"})
BANNED_IN_NAMES = re.compile(r"-Input$|-Output$|^Body_|__|ValidationError")
EVERYWHERE = ("422", "429", "500", "503")
OF_BODIES = ("413", "415")
FIRST_ERROR = 400


def openapi_faults(document: Part) -> list[str]:
    """What breaks the rules of the API's contract, sorted; empty when nothing does."""
    faults = [*_document_faults(document)]
    for method, path, operation in _named_operations(document):
        place = f"{method.upper()} {path}"
        secured = "security" not in operation
        faults += [f"{place}: {each}" for each in _operation_faults(operation, secured=secured)]
    for place, schema, is_component in _placed_schemas(document):
        for rule in SCHEMA_RULES:
            faults += [f"{place}: {each}" for each in rule(schema, is_component)]
    faults += _union_faults(document)
    faults += _answer_faults(document)
    return sorted(set(faults))


def _document_faults(document: Part) -> Iterator[str]:
    if not document["openapi"].startswith("3.1"):
        yield "the version is not 3.1"
    if len(document["components"].get("securitySchemes", {})) != 1:
        yield "there is not exactly one security scheme"
    counts = Counter(each.get("operationId") for each in operations(document))
    yield from (f"operationId {name} stands {n} times" for name, n in counts.items() if n > 1)
    for name in document["components"]["schemas"]:
        if name in BANNED_NAMES or BANNED_IN_NAMES.search(name):
            yield f"{name}: is no name for a component"


def _named_operations(document: Part) -> Iterator[tuple[str, str, Part]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def _operation_faults(operation: Part, *, secured: bool) -> Iterator[str]:
    yield from _naming_faults(operation)
    responses = operation["responses"]
    for status in _due(operation, secured=secured):
        if status not in responses:
            yield f"does not declare {status}"
    for status, response in responses.items():
        yield from (f"{status} {each}" for each in _response_faults(int(status), response))
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        if media_type.endswith("json") and "$ref" not in content["schema"]:
            yield "the body is no named component"


def _naming_faults(operation: Part) -> Iterator[str]:
    if not OPERATION_ID.fullmatch(operation.get("operationId", "")):
        yield "operationId is not a verb and a noun in lowerCamel"
    if len(operation.get("tags", ())) != 1:
        yield "has not exactly one tag"
    for member in ("summary", "description"):
        if not operation.get(member):
            yield f"has no {member}"


def _due(operation: Part, *, secured: bool) -> Iterator[str]:
    """The statuses that this operation has to declare."""
    yield from EVERYWHERE
    parameters = operation.get("parameters", ())
    names = {parameter["name"] for parameter in parameters}
    if secured:
        yield "401"
    if "requestBody" in operation:
        yield from OF_BODIES
    if any(parameter["in"] == "path" for parameter in parameters):
        yield "404"
    if "If-Match" in names:
        yield from ("412", "428")


def _response_faults(status: int, response: Part) -> Iterator[str]:
    content = response.get("content", {})
    if status < FIRST_ERROR:
        for media_type, each in content.items():
            schema = each.get("schema", {})
            is_file = schema.get("format") == "binary"
            if media_type.endswith("json") and "$ref" not in schema and not is_file:
                yield "is no named component"
    elif "application/json" in content:
        # The reader's side has answers whose shape an outside standard fixes.
        if "$ref" not in content["application/json"].get("schema", {}):
            yield "is no named component"
    elif content.get(PROBLEM_TYPE, {}).get("schema") != {"$ref": COMPONENTS + "Problem"}:
        yield "is not a Problem"


def _placed_schemas(document: Part) -> Iterator[tuple[str, Part, bool]]:
    """Every schema with its place, and whether it is a component itself."""
    for name, component in document["components"]["schemas"].items():
        for schema in within(component):
            yield name, schema, schema is component
    for method, path, operation in _named_operations(document):
        for parameter in operation.get("parameters", ()):
            for schema in within(parameter["schema"]):
                yield f"{method.upper()} {path} {parameter['name']}", schema, False


def _types(schema: Part) -> list[str]:
    kinds = schema.get("type", [])
    return kinds if isinstance(kinds, list) else [kinds]


def _plain(schema: Part, _component: bool) -> Iterator[str]:  # noqa: FBT001  # all rules are called alike
    if "nullable" in schema:
        yield "says nullable"
    if "title" in schema:
        yield "has a title"
    if schema.get("default", ...) is None:
        yield "has null as its default"
    if "allOf" in schema:
        yield "uses allOf"
    if isinstance(schema.get("const"), bool):
        yield "pins a boolean"
    if schema.get("additionalProperties") not in (None, False):
        yield "is a free-form map"


def _named(schema: Part, component: bool) -> Iterator[str]:  # noqa: FBT001  # all rules are called alike
    """Objects, enums and unions are components of their own."""
    if component:
        return
    if "object" in _types(schema):
        yield "holds an inline object"
    if "enum" in schema:
        yield "holds an inline enum"
    for key in ("anyOf", "oneOf"):
        if key in schema:
            yield f"holds an inline {key}"


def _bounded(schema: Part, _component: bool) -> Iterator[str]:  # noqa: FBT001  # all rules are called alike
    kinds = _types(schema)
    fixed = "enum" in schema or "const" in schema
    if "number" in kinds and schema.get("format") != "double":
        yield "a number has no format double"
    if "integer" in kinds and not fixed:
        if schema.get("format") not in ("int32", "int64"):
            yield "an integer has no format"
        if not _has_both_bounds(schema):
            yield "an integer lacks a bound"
    measured = "maxLength" in schema or schema.get("format") == "binary"
    if "string" in kinds and not fixed and not measured:
        yield "a string has no maxLength"
    if "array" in kinds and "maxItems" not in schema:
        yield "an array has no maxItems"


def _has_both_bounds(schema: Part) -> bool:
    given = [bound for bound in BOUNDS if bound in schema]
    whole = all(isinstance(schema[bound], int) for bound in given)
    return whole and len({bound.removeprefix("exclusive").lower() for bound in given}) == 2  # noqa: PLR2004  # one below, one above


SCHEMA_RULES: tuple[Callable[[Part, bool], Iterator[str]], ...] = (_plain, _named, _bounded)


def _union_faults(document: Part) -> Iterator[str]:
    schemas = document["components"]["schemas"]
    for name, component in schemas.items():
        options = component.get("oneOf")
        if options is None:
            if "anyOf" in component:
                yield f"{name}: is a union without a tag"
            continue
        tag = component.get("discriminator", {}).get("propertyName")
        mapping = component.get("discriminator", {}).get("mapping", {})
        if sorted(mapping.values()) != sorted(each.get("$ref", "") for each in options):
            yield f"{name}: its mapping is not complete"
        for value, target in mapping.items():
            member = schemas[target.removeprefix(COMPONENTS)]
            if not _pins(member, tag, value):
                yield f"{name}: {target.removeprefix(COMPONENTS)} does not pin its tag"


def _pins(member: Part, tag: str, value: str) -> bool:
    schema = member.get("properties", {}).get(tag, {})
    pinned = schema.get("const") == value and "default" not in schema
    return pinned and tag in member.get("required", ())


def _answer_faults(document: Part) -> Iterator[str]:
    """Members of answers are never null, and every reference leads somewhere."""
    schemas = document["components"]["schemas"]
    answered = reachable(document, answer_schemas)
    for name, component in schemas.items():
        for schema in within(component):
            target = schema.get("$ref", "").removeprefix(COMPONENTS)
            if target and target not in schemas:
                yield f"{name}: {target} does not exist"
            if name in answered and "null" in _types(schema):
                yield f"{name}: an answer may hold null"
