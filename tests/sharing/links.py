"""Links over HTTP: made by a patient, taken apart and opened as a reader's app would."""

import json
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Text, Uuid, bindparam, column, select, table

from app.database import Database
from app.sharing.sharing import Sharing
from app.web.identity import Authenticator
from tests.service import Patient, Service
from tests.sharing.r4 import complaints

# What an answer holds is for the test to say.
Json = dict[str, Any]
NOBODY = "A" * 43
"""A token that no link has."""

SCOPE = {"kinds": ["mood", "anxiety", "session"], "from": "2026-05-01", "to": "2026-06-01"}
OPEN_SCOPE = {"kinds": ["mood", "anxiety", "session"], "from": "2026-05-01"}


def a_draft(scope: Mapping[str, Any] | None = None, **members: Any) -> Json:
    """A good draft of a share, some members changed; None leaves one of the scope out."""
    base = {"id": str(uuid4()), "kind": "passcode", "mode": "snapshot"}
    given = OPEN_SCOPE if members.get("mode") == "live" else SCOPE
    wanted = {**given, **(scope or {})}
    kept = {name: value for name, value in wanted.items() if value is not None}
    return {**base, "scope": kept, **members}


@dataclass(frozen=True, slots=True)
class Link:
    """What a reader has: the link taken apart, and the passcode if there is one."""

    share: Json
    payload: Json

    @property
    def id(self) -> str:
        """The share's id."""
        return str(self.share["id"])

    @property
    def share_id(self) -> UUID:
        """The same as a UUID."""
        return UUID(self.id)

    @property
    def passcode(self) -> str:
        """What must be typed."""
        return str(self.share["passcode"])

    @property
    def token(self) -> str:
        """The secret part of the path."""
        return str(self.payload["url"]).rpartition("/")[2]

    @property
    def path(self) -> str:
        """Where readers ask."""
        return f"/shl/{self.token}"

    def decrypted(self, jwe: str) -> Json:
        """The Bundle in a compact JWE, opened without the library that made it: a sound one."""
        head, key, iv, text, tag = jwe.split(".")
        assert json.loads(unbased(head)) == {
            "alg": "dir",
            "enc": "A256GCM",
            "cty": "application/fhir+json",
        }
        assert key == ""
        cipher = AESGCM(unbased(str(self.payload["key"])))
        plain = cipher.decrypt(unbased(iv), unbased(text) + unbased(tag), head.encode())
        bundle: Json = json.loads(plain)
        assert complaints(bundle) == []
        return bundle


def unbased(text: str) -> bytes:
    """The bytes of unpadded base64url."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def taken_apart(link: str) -> Json:
    """The payload of a link."""
    payload: Json = json.loads(unbased(link.partition("shlink:/")[2]))
    return payload


async def share(patient: Patient, draft: Json | None = None, **members: Any) -> Link:
    """A new link of this patient, freshly proved."""
    await patient.step_up()
    answer = await patient.ask("POST", "/v1/shares", json=draft or a_draft(**members))
    assert answer.status_code == 201, answer.text
    return Link(answer.json(), taken_apart(answer.json()["link"]))


async def create(patient: Patient, draft: Json) -> httpx.Response:
    """Ask for a share."""
    return await patient.ask("POST", "/v1/shares", json=draft)


async def ask_for(
    service: Service,
    link: Link | str,
    passcode: str | None = None,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> httpx.Response:
    """POST the manifest request of a reader."""
    path = link if isinstance(link, str) else link.path
    body = {"recipient": "Dr Lee", **({} if passcode is None else {"passcode": passcode})}
    return await service.http.post(path, json={**body, **members}, headers=dict(headers or {}))


async def manifest(service: Service, link: Link, **members: Any) -> Json:
    """The manifest, opened with the right passcode."""
    answer = await ask_for(service, link, link.passcode, **members)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def opened(service: Service, link: Link) -> Json:
    """The Bundle behind a link."""
    if link.payload["flag"] == "U":
        answer = await read_direct(service, link)
        assert answer.status_code == 200, answer.text
        return link.decrypted(answer.text)
    (file,) = (await manifest(service, link))["files"]
    return link.decrypted(file["embedded"])


async def read_direct(service: Service, link: Link | str, recipient: str = "X") -> httpx.Response:
    """GET the direct file."""
    path = link if isinstance(link, str) else link.path
    return await service.http.get(path, params={"recipient": recipient})


async def state(patient: Patient, link: Link) -> Json:
    """The share as its owner sees it now."""
    answer = await patient.ask("GET", f"/v1/shares/{link.id}")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def accesses(patient: Patient, link: Link) -> list[Json]:
    """The newest of the log of a link."""
    answer = await patient.ask("GET", f"/v1/shares/{link.id}/accesses", params={"limit": 200})
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def outcomes(patient: Patient, link: Link) -> list[tuple[str, str]]:
    """How each access of a link came and ended, sorted."""
    return sorted((each["via"], each["outcome"]) for each in await accesses(patient, link))


async def revoke(patient: Patient, link: Link) -> None:
    """Withdraw a link."""
    answer = await patient.ask("DELETE", f"/v1/shares/{link.id}")
    assert answer.status_code == 204


def attached(bundle: Json, content_type: str) -> bytes | None:
    """The document of this type that a Bundle carries, if there is one."""
    for entry in bundle["entry"]:
        for content in entry["resource"].get("content", ()):
            if content["attachment"]["contentType"] == content_type:
                return b64decode(content["attachment"]["data"], validate=True)
    return None


def trend_document(bundle: Json) -> Json:
    """The trend summary that a Bundle carries."""
    content = attached(bundle, "application/vnd.afterglow.trends+json")
    assert content is not None
    found: Json = json.loads(content)
    return found


def report_of(bundle: Json) -> bytes | None:
    """The printed page that a Bundle carries, if there is one."""
    return attached(bundle, "application/pdf")


def room(service: Service) -> Sharing:
    """The sharing room of a running service."""
    found: Sharing = service.app.state.provided[Sharing]
    return found


async def account_of(service: Service, patient: Patient) -> UUID:
    """Whose access token it is."""
    authenticate = service.app.state.provided[Authenticator]
    account_id: UUID = (await authenticate(patient.tokens["access_token"])).account_id
    return account_id


ACTIONS = (
    select(column("action", Text), column("outcome", Text), column("actor_kind", Text))
    .select_from(table("audit_event"))
    .where(
        column("account_id", Uuid) == bindparam("account"),
        column("object_id", Text) == bindparam("of"),
    )
    .order_by(column("seq"))
)


async def chain(database: Database, account_id: UUID, of: str) -> list[tuple[str, str, str]]:
    """What the audit chain tells of a thing: action, outcome, and what kind of actor did it."""
    rows = await database.read(
        account_id, lambda work: work.fetch(ACTIONS, {"account": account_id, "of": of})
    )
    return [(row[0], row[1], row[2]) for row in rows]


def told(answer: httpx.Response) -> Json:
    """A problem without what differs from request to request."""
    return {name: value for name, value in answer.json().items() if name != "request_id"}
