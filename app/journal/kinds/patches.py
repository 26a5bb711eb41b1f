"""Merge patches (RFC 7396): the models that describe them and the merging itself."""

from collections.abc import Mapping
from typing import Any, TypeVar, get_args

from pydantic import GetJsonSchemaHandler, create_model
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from app.faults import Fault, fault, pointer_to
from app.journal.kinds.content import Shape
from app.journal.kinds.values import NeverNull

AnyShape = TypeVar("AnyShape", bound=Shape)


class Patch(Shape):
    """What a merge patch may hold: every member is optional, null clears what can be absent."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Null stands as a second type; beside a reference it is only told in words."""
        described = super().__get_pydantic_json_schema__(schema, handler)
        members = handler.resolve_ref_schema(described)["properties"]
        whole: type[Shape] = cls.__bases__[1]
        for name, member in members.items():
            member.pop("default", None)
            if "anyOf" in member:
                members[name] = _or_null(member, whole.model_fields[name].default)
        return described


def merge_patch_of(shape: type[AnyShape]) -> type[AnyShape]:
    """Class decorator: makes every member optional, and clearable where absence is allowed.

    The kind alone stays required in the description: it tells clients which patch this is. The
    server does without it. (The shape is built at its first use, so with its members changed.)
    """
    for name, field in shape.model_fields.items():
        if name == "kind":
            continue
        nested = nested_shape(field)
        if nested is not None:
            field.annotation = _patch_of(nested)
        if not field.is_required():
            field.metadata = [mark for mark in field.metadata if not isinstance(mark, NeverNull)]
            field.annotation = field.annotation | None  # type: ignore[assignment,operator]  # a type made at run time
        field.default = None
    return shape


def merged(
    shape: type[Shape], stored: Mapping[str, Any], patch: Mapping[str, Any], faults: list[Fault]
) -> dict[str, Any]:
    """`stored` with `patch` merged in. Nulls that clear nothing are added to `faults`.

    What was not clearable keeps its stored value; other faults are left to the validation.
    (Members of the journal are JSON values, hence Any.)
    """
    return _merged(shape, stored, patch, (), faults)


def _merged(
    shape: type[Shape],
    stored: Mapping[str, Any],
    patch: Mapping[str, Any],
    place: tuple[str, ...],
    faults: list[Fault],
) -> dict[str, Any]:
    result = dict(stored)
    for name, value in patch.items():
        if value is None:
            code = _null_fault(shape.model_fields.get(name))
            if code:
                faults.append(fault(code, pointer_to(*place, name)))
            else:
                result.pop(name, None)
        elif isinstance(value, dict) and (nested := nested_shape(shape.model_fields.get(name))):
            result[name] = _merged(nested, result.get(name, {}), value, (*place, name), faults)
        else:
            result[name] = value
    return result


def nested_shape(field: FieldInfo | None) -> type[Shape] | None:
    """The shape of a member that is itself an object, else None."""
    if field is None:
        return None
    candidates = [field.annotation, *get_args(field.annotation)]
    shapes = [each for each in candidates if isinstance(each, type) and issubclass(each, Shape)]
    return shapes[0] if shapes else None


def _null_fault(field: FieldInfo | None) -> str | None:
    if field is None:
        return "unknown_member"
    return "not_clearable" if field.is_required() else None


def _patch_of(shape: type[Shape]) -> type[Shape]:
    name = f"{shape.__name__}Patch"
    told = f"{shape.__doc__} Merged into what is stored."
    return merge_patch_of(create_model(name, __base__=(Patch, shape), __doc__=told))


def _or_null(member: dict[str, Any], default: object) -> dict[str, Any]:
    """`default` is what absence counts as, None where it is just absence."""
    value = member["anyOf"][0]
    words = [member["description"]] if "description" in member else []
    if default is not None:
        words.append(f"Null brings back `{str(default).lower()}`.")
    elif "$ref" in value:
        words.append("Null clears it.")
    described = {"description": " ".join(words)} if words else {}
    if "$ref" in value:
        return {**value, **described}
    return {**value, **described, "type": [value["type"], "null"]}
