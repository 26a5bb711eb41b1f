"""Cures of the schemas that the framework writes, one small function a rule, in place."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

# Parts of an OpenAPI file, nested dicts and lists of every JSON type: hence Any.
Schema = dict[str, Any]

COMPONENTS = "#/components/schemas/"
INT32 = 2**31 - 1
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
CONSTRAINTS = {
    "ge": "minimum",
    "le": "maximum",
    "gt": "exclusiveMinimum",
    "lt": "exclusiveMaximum",
    "max_length": "maxLength",
    "min_length": "minLength",
}
"""Constraints behind a validator function, which pydantic writes under its own names."""
LENGTHS = {"uuid": 36, "date": 10, "date-time": 35}
"""Most characters of the string formats whose length is fixed by what they are."""


def cure_schemas(document: dict[str, Any]) -> None:
    """Bring every schema of the document under the rules of the API's contract."""
    schemas: dict[str, Schema] = document["components"]["schemas"]
    answered = reachable(document, answers)
    asked = reachable(document, _bodies) - answered
    for name, component in schemas.items():
        for schema in within(component):
            _cure(schema, nulls=name in asked)
        if name in answered:
            component.pop("additionalProperties", None)
    for schema in schemas_outside(document):
        for each in within(schema):
            _cure(each, nulls=False)
    for component in schemas.values():
        _complete_union(component, schemas)


def _cure(schema: Schema, *, nulls: bool) -> None:
    schema.pop("title", None)
    if schema.get("default", ...) is None:
        del schema["default"]
    for ours, theirs in CONSTRAINTS.items():
        if ours in schema:
            schema[theirs] = schema.pop(ours)
    _cure_null(schema, nulls=nulls)
    if isinstance(schema.get("const"), bool):
        # Generators make an enum of it, whose values are the texts "true" and "false".
        del schema["const"]
    kinds = schema.get("type")
    if kinds == "number" or (isinstance(kinds, list) and "number" in kinds):
        schema["format"] = "double"
    if kinds == "integer" or (isinstance(kinds, list) and "integer" in kinds):
        _cure_integer(schema)
    if schema.get("format") in LENGTHS:
        schema.setdefault("maxLength", LENGTHS[schema["format"]])


def _cure_null(schema: Schema, *, nulls: bool) -> None:
    """`X or null` becomes X; in a body that only clients send, a type may stay `[X, null]`.

    A reference is never "or null": generators make a wrapper of it.
    """
    options = schema.get("anyOf")
    if options is None or {"type": "null"} not in options:
        return
    others = [option for option in options if option != {"type": "null"}]
    del schema["anyOf"]
    if len(others) > 1:
        schema["anyOf"] = others
        return
    option = others[0]
    schema.update({key: value for key, value in option.items() if key not in schema})
    if nulls and isinstance(option.get("type"), str):
        schema["type"] = [option["type"], "null"]


def _cure_integer(schema: Schema) -> None:
    """Bounds that are integers, and the format they ask for."""
    for bound in BOUNDS:
        if bound in schema:
            schema[bound] = int(schema[bound])
    greatest = max((abs(schema[bound]) for bound in BOUNDS if bound in schema), default=INT32)
    schema["format"] = "int32" if greatest <= INT32 else "int64"


def _complete_union(component: Schema, schemas: Mapping[str, Schema]) -> None:
    """A union names each member under its tag; a tag is required and has no default."""
    if "discriminator" not in component:
        return
    tag = component["discriminator"]["propertyName"]
    mapping = component["discriminator"].setdefault("mapping", {})
    for option in component.get("oneOf", ()):
        member = schemas[option["$ref"].removeprefix(COMPONENTS)]
        member["properties"][tag].pop("default", None)
        member["required"] = sorted({tag, *member.get("required", ())})
        if "const" in member["properties"][tag]:
            mapping[member["properties"][tag]["const"]] = option["$ref"]


def within(schema: Schema) -> Iterator[Schema]:
    """The schema and every schema inside it. Examples and the like are not entered."""
    yield schema
    for children in (schema.get("properties", {}), schema.get("$defs", {})):
        for child in children.values():
            yield from within(child)
    lists = [schema.get(key, []) for key in ("anyOf", "oneOf", "allOf", "prefixItems")]
    single = [schema.get(key) for key in ("items", "additionalProperties", "not")]
    for child in [*(each for children in lists for each in children), *single]:
        if isinstance(child, dict):
            yield from within(child)


def operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation of the document."""
    for path in document["paths"].values():
        yield from path.values()


def schemas_outside(document: Mapping[str, Any]) -> Iterator[Schema]:
    """The schemas that stand in operations: of parameters, bodies and answers."""
    for operation in operations(document):
        yield from (each["schema"] for each in operation.get("parameters", ()))
        yield from _bodies(operation)
        yield from answers(operation)
        for response in operation["responses"].values():
            headers = response.get("headers", {}).values()
            yield from (each["schema"] for each in headers if "schema" in each)


def _bodies(operation: Mapping[str, Any]) -> Iterator[Schema]:
    yield from _contents(operation.get("requestBody", {}))


def answers(operation: Mapping[str, Any]) -> Iterator[Schema]:
    for response in operation["responses"].values():
        yield from _contents(response)


def _contents(holder: Mapping[str, Any]) -> Iterator[Schema]:
    for content in holder.get("content", {}).values():
        if "schema" in content:
            yield content["schema"]


def reachable(
    document: Mapping[str, Any], start: Callable[[Mapping[str, Any]], Iterator[Schema]]
) -> set[str]:
    """Names of the components that the schemas of `start` lead to."""
    schemas = document["components"]["schemas"]
    waiting = [schema for operation in operations(document) for schema in start(operation)]
    found: set[str] = set()
    while waiting:
        for schema in within(waiting.pop()):
            name = schema.get("$ref", "").removeprefix(COMPONENTS)
            if name and name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found
