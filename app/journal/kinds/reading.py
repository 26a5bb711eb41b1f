"""From a body as sent to content: drafts, replacements and merge patches."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from app.faults import Fault, fault, faults_from
from app.journal.kinds.content import Content
from app.journal.kinds.kind import Kind
from app.journal.kinds.patches import merged
from app.journal.kinds.refusal import EntryRefused
from app.journal.kinds.registry import kind_named
from app.journal.kinds.values import lower_uuid

IMPORTED = "import"


@dataclass(frozen=True, slots=True)
class Draft:
    """A new entry: the id the client made, and the content."""

    id: UUID
    content: Content


def read_draft(data: object, *, imported: bool = False) -> Draft:
    """A draft whose members are right one by one. Raises EntryRefused.

    `imported` is for the importer alone: it may say that the source is an import.
    """
    members = _object(data)
    kind = _kind_of(members)
    content, faults = _validated(kind, _without_id(members), imported=imported)
    entry_id, id_faults = read_id(members)
    if content is None or entry_id is None:
        raise EntryRefused(id_faults + faults)
    return Draft(entry_id, content)


def read_content(kind: str, data: object, *, imported: bool = False) -> Content:
    """The body of a replacement of an entry of this kind. Raises EntryRefused.

    `imported` tells whether the stored entry came by import and may go on saying so.
    """
    members = _object(data)
    if _kind_of(members).name != kind:
        raise EntryRefused([fault("kind_fixed", "/kind")])
    return _accepted(kind_named(kind), members, [], imported=imported)


def merge_patch(
    kind: str, stored: Mapping[str, Any], patch: object, *, comes_back: bool = False
) -> Content:
    """`stored`, the client's members of an entry, with a merge patch (RFC 7396) applied.

    Nothing is merged into a new entry: then `stored` is empty and the kind stands in the patch.
    One that `comes_back` was stored here before, and may say that it came by import.
    Raises EntryRefused; pointers point into the patch. (Stored members are JSON, hence Any.)
    """
    wanted = kind_named(kind)
    changes = _object(patch)
    faults: list[Fault] = []
    if changes.get("kind", kind) not in (kind, None):
        faults.append(fault("kind_fixed", "/kind"))
        changes = {name: value for name, value in changes.items() if name != "kind"}
    members = merged(wanted.content, {**stored, "kind": kind}, changes, faults)
    imported = comes_back or stored.get("source") == IMPORTED
    return _accepted(wanted, members, faults, imported=imported)


def read_id(members: Mapping[str, object]) -> tuple[UUID | None, list[Fault]]:
    """The member `id` of a draft, or what is wrong with it."""
    if "id" not in members:
        return None, [fault("missing", "/id")]
    text = members["id"]
    if not isinstance(text, str):
        return None, [fault("wrong_type", "/id")]
    try:
        return UUID(lower_uuid(text)), []
    except PydanticCustomError:
        return None, [fault("bad_uuid", "/id")]


def _object(data: object) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise EntryRefused([fault("wrong_type", "")])
    return data


def _kind_of(members: Mapping[str, object]) -> Kind:
    if "kind" not in members:
        raise EntryRefused([fault("missing", "/kind")])
    return kind_named(members["kind"])


def _without_id(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if name != "id"}


def _accepted(
    kind: Kind, members: dict[str, Any], faults: list[Fault], *, imported: bool
) -> Content:
    content, found = _validated(kind, members, imported=imported)
    if content is not None and not faults:
        return content
    known = {each.pointer for each in faults}
    raise EntryRefused(faults + [each for each in found if each.pointer not in known])


def _validated(
    kind: Kind, members: dict[str, Any], *, imported: bool
) -> tuple[Content | None, list[Fault]]:
    faults = []
    if members.get("source") == IMPORTED and not imported:
        faults.append(fault("unknown_value", "/source"))
    try:
        content = kind.content.model_validate(members)
    except ValidationError as error:
        return None, faults + faults_from(error)
    return (None if faults else content), faults
