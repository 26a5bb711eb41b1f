"""Every example of an OpenAPI file is held against its own schema."""

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # has no types

from app.web.openapi_schemas import COMPONENTS, operations, within

# Parts of an OpenAPI file, nested dicts and lists of every JSON type: hence Any.
Part = Mapping[str, Any]


def example_faults(document: Part) -> list[str]:
    """A line for each example that its schema refuses; it names the place and the rule."""
    return [
        f"{place}: {error.json_path} breaks {error.validator}"
        for place, schema, example in examples(document)
        for error in _validator(document, schema).iter_errors(example)
    ]


def examples(document: Part) -> Iterator[tuple[str, Part, object]]:
    """Every example with its place and its schema."""
    for name, component in document["components"]["schemas"].items():
        yield from _of_schema(name, component, {"$ref": COMPONENTS + name})
    for operation in operations(document):
        for parameter in operation.get("parameters", ()):
            place = f"{operation['operationId']} {parameter['name']}"
            yield from _of_schema(place, parameter["schema"], parameter["schema"])
            yield from _of_holder(place, parameter)
        for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
            for content in holder.get("content", {}).values():
                yield from _of_holder(operation["operationId"], content)


def _of_schema(place: str, schema: Part, whole: Part) -> Iterator[tuple[str, Part, object]]:
    for part in within(dict(schema)):
        own = whole if part == schema else part
        yield from ((place, own, example) for example in part.get("examples", ()))


def _of_holder(place: str, holder: Part) -> Iterator[tuple[str, Part, object]]:
    if "example" in holder:
        yield place, holder["schema"], holder["example"]
    for named in holder.get("examples", {}).values():
        yield place, holder["schema"], named["value"]


def _validator(document: Part, schema: Part) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})
