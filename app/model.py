"""The base of every Pydantic model here: it costs nothing at start but its fields.

Pydantic would build the validators of all models as they are imported, and with
`use_attribute_docstrings` read the source of each class for the words under its members. Both took
half of the time until the first answer, and most models are there for the OpenAPI file
alone. So validators are built when they are first used, and the words are read when a schema is
written.
"""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from types import ModuleType
from typing import Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, RootModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

Words = Mapping[str, str]
"""What stands under the members of a class, by their names."""


class Model(BaseModel):
    """A model that is built at its first use and described by the words under its members."""

    model_config = ConfigDict(defer_build=True)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Members are described by the string under them, unless their field has a description."""
        described = handler(schema)
        members = handler.resolve_ref_schema(described).get("properties", {})
        for name, field in cls.model_fields.items():
            words = None if field.description else words_under(cls, name)
            for written in _names_of(name, field) & members.keys() if words else ():
                members[written]["description"] = words
        return described


# The value of a root is any model: a subclass says which, as the type of `root`. A parameter in
# brackets instead would make a class that is built at once.
class Choice(RootModel[Any], defer_build=True):
    """One of several models, which `root` names; it too is built at its first use."""


def words_under(model: type[BaseModel], member: str) -> str | None:
    """The string under a member, in the class that declares it; None where there is none."""
    for each in model.__mro__:
        if member in inspect.get_annotations(each):
            return _words_in(sys.modules[each.__module__]).get(each.__qualname__, {}).get(member)
    return None


def _names_of(name: str, field: FieldInfo) -> set[str]:
    """What a member may be called in a schema."""
    aliases = (field.alias, field.validation_alias, field.serialization_alias)
    return {name, *(each for each in aliases if isinstance(each, str))}


@cache
def _words_in(module: ModuleType) -> Mapping[str, Words]:
    """The words of each class at the top of a module."""
    try:
        source = inspect.getsource(module)
    except OSError:  # it was installed without its source
        return {}
    top = ast.parse(source).body
    return {each.name: dict(_words_of(each)) for each in top if isinstance(each, ast.ClassDef)}


def _words_of(declared: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for member, below in pairwise(declared.body):
        match member, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(words))),
            ):
                yield name, inspect.cleandoc(words)
