"""A canary for every free text that a body of the OpenAPI file takes."""

import secrets
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.access.requests import DOCUMENT, METHODS

# Schemas and bodies are JSON of every type.
Json = dict[str, Any]

FORMS = {
    "email": "{}@patients.example",
    "website": "https://{}.example",
    "language": "en-{}",
}
"""How a text has to look where it is not wholly free."""
OTHERWISE = {
    "time_zone": "a rare zone is used throughout and looked for by its name",
    "locale": "five letters of a fixed form, told to nobody",
    "code": "the mailed codes are looked for themselves",
    "recovery_code": "the codes of the account are looked for themselves",
    "refresh_token": "the tokens are looked for themselves",
    "id_token": "belongs to an issuer, which this service does not have",
    "nonce": "belongs to an issuer, which this service does not have",
    "device_id": "a mark of origin that a phone makes up; it lies in clear",
    **dict.fromkeys(
        ("id", "rawId", "attestationObject", "clientDataJSON", "authenticatorData", "signature"),
        "bytes of a passkey, which are public",
    ),
    "userHandle": "bytes of a passkey, which are public",
}
"""Members that hold no canary, and why."""


def _free(schema: Json) -> bool:
    closed = {"enum", "const"} & schema.keys() or schema.get("format") in (
        "uuid",
        "date",
        "date-time",
    )
    types = schema.get("type", ())
    return not closed and (types == "string" or "string" in list(types))


def _parts(schema: Json) -> Iterator[Json]:
    """The alternatives of a schema, and what its lists hold."""
    yield schema
    for word in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(word, ()):
            yield from _parts(each)
    if "items" in schema:
        yield from _parts(schema["items"])


def _component(name: str) -> Json:
    found: Json = DOCUMENT["components"]["schemas"][name]
    return found


def _referred(schema: Json) -> Iterator[str]:
    for part in _parts(schema):
        if "$ref" in part:
            yield part["$ref"].rpartition("/")[2]


def free_texts() -> set[tuple[str, str]]:
    """Component and member of every free text that can be sent in a body."""
    bodies = (
        content["schema"]
        for path in DOCUMENT["paths"].values()
        for method, operation in path.items()
        if method in METHODS
        for content in operation.get("requestBody", {"content": {}})["content"].values()
    )
    waiting = [name for body in bodies for name in _referred(body)]
    seen, found = set(), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        component = _component(name)
        waiting.extend(_referred(component))
        for member, schema in component.get("properties", {}).items():
            waiting.extend(_referred(schema))
            if member not in OTHERWISE and any(map(_free, _parts(schema))):
                found.add((name, member))
    return found


def _letters() -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(8))


@dataclass(slots=True)
class Planting:
    """One word that nobody else writes, numbered at every place it is planted in."""

    word: str = field(default_factory=lambda: f"{_letters()}-{_letters()}")
    where: dict[str, tuple[str, str]] = field(default_factory=dict)
    used_again: set[tuple[str, str]] = field(default_factory=set)
    """Where a text is sent that was planted elsewhere: a password, an address."""

    def canary(self, component: str, member: str) -> str:
        """A text for one place, in the form that the place wants."""
        text = f"{self.word}-{len(self.where):03d}"
        self.where[text] = (component, member)
        return FORMS.get(member, "{}").format(text)

    def planted(self) -> set[tuple[str, str]]:
        """Component and member of every place that has one."""
        return {*self.where.values(), *self.used_again}

    def filled(self, component: str, base: Json | None = None) -> Json:
        """`base` with a canary in every free text that it lacks, in nested objects too."""
        made = dict(base or {})
        for member, schema in _component(component)["properties"].items():
            planted = self._planted(component, member, schema, made.get(member))
            if planted:
                made[member] = planted
        return made

    def _planted(self, component: str, member: str, schema: Json, given: Any) -> Any:
        if member in OTHERWISE or isinstance(given, str):
            return given
        listed = "items" in schema or any("items" in part for part in schema.get("anyOf", ()))
        if any(map(_free, _parts(schema))):
            text = self.canary(component, member)
            return [text] if listed else text
        if isinstance(given, list):
            return given
        inner = [self.filled(name, given) for name in _referred(schema) if _holds_text(name)]
        return given if not inner else inner if listed else inner[0]


def _holds_text(component: str) -> bool:
    """Whether an object has free texts of its own, so that texts alone make it."""
    members = _component(component).get("properties", {})
    return any(
        name not in OTHERWISE and any(map(_free, _parts(schema)))
        for name, schema in members.items()
    )
