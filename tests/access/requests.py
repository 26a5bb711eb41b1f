"""A good request of the owner's for every operation of the OpenAPI file."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.access.owner import Owned
from tests.contract.paths import OPENAPI_FILE, Document
from tests.portability.imports import DAYLIO
from tests.service import PASSWORD, an_entry
from tests.sharing.links import a_draft

# What an OpenAPI file holds has every JSON type.
Json = dict[str, Any]
DOCUMENT: Document = json.loads(OPENAPI_FILE.read_text(encoding="utf-8"))
METHODS = ("get", "post", "put", "patch", "delete")
REFUSES_NOBODY = {"listCrisisResources"}
"""Operations that answer whoever sends a bad token as they answer strangers."""
READERS_SECRETS = {"token", "ticket"}
"""Parameters of paths that are secrets, not ids."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the file describes it."""

    name: str
    method: str
    path: str
    public: bool
    welcomes_strangers: bool
    """A token may be left out; a bad one is still refused, save by `REFUSES_NOBODY`."""
    parameters: tuple[Json, ...]
    has_body: bool

    @property
    def places(self) -> list[str]:
        """The parameters of the path."""
        return [each["name"] for each in self.parameters if each["in"] == "path"]

    def request(self, owned: Owned, places: dict[str, str], etag: str) -> Json:
        """What a patient asks, as `Patient.ask` wants it.

        Raises KeyError for what nobody has said how to send.
        """
        asked: Json = {
            "method": self.method,
            "path": self.path.format(**{name: places[name] for name in self.places}),
            "params": {each["name"]: first(each["schema"]) for each in self._wanted("query")},
            "headers": {
                each["name"]: {"If-Match": etag}[each["name"]] for each in self._wanted("header")
            },
        }
        return asked | ({"json": BODIES[self.name](owned)} if self.has_body else {})

    @property
    def wants_tag(self) -> bool:
        """Whether it changes what it was told the revision of."""
        return any(each["name"] == "If-Match" for each in self._wanted("header"))

    def _wanted(self, where: str) -> Iterator[Json]:
        return (each for each in self.parameters if each["in"] == where and each.get("required"))


def operations() -> Iterator[Operation]:
    """Every operation of the file: those that only read before those that write, deletes last."""
    found = [
        Operation(
            name=each["operationId"],
            method=method,
            path=path,
            public=each.get("security") == [],
            welcomes_strangers={} in each.get("security", []),
            parameters=tuple(map(resolved, each.get("parameters", []))),
            has_body="requestBody" in each,
        )
        for path, item in DOCUMENT["paths"].items()
        for method, each in item.items()
        if method in METHODS
    ]
    return iter(sorted(found, key=_turn))


def _turn(operation: Operation) -> tuple[bool, int, bool, int]:
    """What ends all of a kind comes after what ends one; what begins anew after what completes.

    The account goes last.
    """
    return (
        operation.name == "deleteAccount",
        METHODS.index(operation.method),
        not operation.path.endswith("/completion"),
        -len(operation.places),
    )


def resolved(part: Json) -> Json:
    """A part of the file with its reference followed."""
    while "$ref" in part:
        found: Any = DOCUMENT
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def first(schema: Json) -> str:
    """The first value that a parameter may have."""
    schema = resolved(schema)
    if "items" in schema:
        return first(schema["items"])
    value: str = schema["enum"][0]
    return value


def example(component: str) -> Json:
    """The first example of a component, under a new id."""
    found: Json = DOCUMENT["components"]["schemas"][component]["examples"][0]
    return {**found, "id": str(uuid4())} if "id" in found else found


def push(owned: Owned) -> Json:
    """A new entry, an edit of the owner's newest, and a deletion."""
    items = [
        {"id": str(uuid4()), "op": "upsert", "data": without_id(an_entry())},
        {
            "id": str(owned.session_id),
            "op": "upsert",
            "base_revision": 2,
            "data": without_id(an_entry("session", note="x")),
        },
        {"id": str(owned.spare_id), "op": "delete", "base_revision": 2**40 - 1},
    ]
    return {"device_id": "phone", "changes": items}


def without_id(draft: Json) -> Json:
    """A draft where the id is said elsewhere."""
    return {name: value for name, value in draft.items() if name != "id"}


def told(answer: httpx.Response) -> Json:
    """A problem without what the caller sent and what differs from request to request."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    found: Json = answer.json()
    # Readers' problems leave the place out: it is the secret.
    assert found.pop("instance", None) in (None, answer.request.url.path)
    del found["request_id"]
    return found


BODIES: dict[str, Callable[[Owned], Json]] = {
    "checkIn": lambda owned: example("CheckInDraft"),
    "createEntry": lambda owned: an_entry(
        "dissociation", session_id=str(owned.session_id), spontaneous=False
    ),
    "createShare": lambda owned: a_draft(),
    "finishPasskeyRegistration": lambda owned: owned.passkey,
    "importEntries": lambda owned: {
        "action": "commit",
        "id": str(uuid4()),
        "diary": "daylio",
        "content": DAYLIO,
        "time_zone": "Europe/Berlin",
    },
    "pushChanges": push,
    "replaceEntry": lambda owned: without_id(an_entry(note="replaced")),
    "stepUp": lambda owned: {"method": "password", "password": PASSWORD},
    "updateEntry": lambda owned: {"score": 3},
    "updateProfile": lambda owned: {"time_zone": "America/New_York"},
    "updateSignal": lambda owned: {"status": "dismissed"},
}
"""What is sent; whoever adds an operation with a body adds it here, or the matrix fails."""
