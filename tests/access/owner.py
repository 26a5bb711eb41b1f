"""A patient with something of everything, and those who must not get at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from app.database import Database, Transaction
from app.metadata import METADATA
from tests.authenticator import Authenticator
from tests.clocks import SetClock
from tests.service import PASSWORD, Patient, Service, an_entry
from tests.sharing.links import Link, account_of, manifest, share

PASSKEYS = "/v1/passkeys/registration"
WORD = "heron"
"""Stands in every text of the owner's, and in nobody else's."""

# What an answer holds is for the test to say.
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Owned:
    """The owner, and ids of what is theirs."""

    patient: Patient
    account_id: UUID
    places: Mapping[str, str]
    """By the names that paths give them."""
    session_id: str
    spare_id: str
    link: Link
    ticket: str
    passkey: Json
    """A registration that was begun and waits for this proof."""

    @property
    def traces(self) -> set[str]:
        """What nobody else's answer may hold."""
        ids = {*self.places.values(), self.session_id, self.spare_id, str(self.account_id)}
        return ids | {WORD, self.patient.email, self.link.token, str(self.link.payload["key"])}


async def an_owner(service: Service) -> Owned:
    """Entries, a signal, devices and links that have been opened."""
    patient = await service.sign_up()
    session, entry, spare = [
        (await patient.save(draft))["entry"]
        for draft in (
            an_entry("session", note=f"a {WORD}"),
            an_entry(note=f"a {WORD}", score=0, help_wanted=True),
            an_entry("anxiety", note=f"a {WORD}"),
        )
    ]
    path, etag = f"/v1/entries/{entry['id']}", {"If-Match": f'"{entry["revision"]}"'}
    changed = await patient.ask("PATCH", path, etag, json={"score": 1})
    assert changed.status_code == 200, changed.text
    signals = (await patient.ask("GET", "/v1/signals")).json()["items"]
    tablet = await sign_in(service, patient)
    link = await share(patient, label=f"a {WORD}")
    (file,) = (await manifest(service, link, embeddedLengthMax=0))["files"]
    kept = await begun_passkey(patient)
    passkey = await patient.ask("POST", f"{PASSKEYS}/completion", json=kept)
    assert passkey.status_code == 201, passkey.text
    places = {
        "passkey_id": str(passkey.json()["id"]),
        "entry_id": str(entry["id"]),
        "signal_id": str(signals[0]["id"]),
        "device_id": str(tablet["device"]["id"]),
        "share_id": link.id,
    }
    account_id = await account_of(service, patient)
    ticket = str(file["location"]).rpartition("/")[2]
    return Owned(
        patient=patient,
        account_id=account_id,
        places=places,
        session_id=str(session["id"]),
        spare_id=str(spare["id"]),
        link=link,
        ticket=ticket,
        passkey=await begun_passkey(patient),
    )


async def begun_passkey(patient: Patient) -> Json:
    """What would end a registration that the patient has begun."""
    await patient.step_up()
    begun = (await patient.ask("POST", PASSKEYS)).json()
    authenticator = Authenticator(origin="http://afterglow.test", rp_id="afterglow.test")
    credential = authenticator.create(begun["options"])
    return {"challenge_id": begun["challenge_id"], "credential": credential, "name": f"a {WORD}"}


async def sign_in(service: Service, patient: Patient) -> Json:
    """Another device of a patient."""
    device = {"name": f"{WORD} tablet", "platform": "test"}
    body = {"method": "password", "email": patient.email, "password": PASSWORD, "device": device}
    answer = await service.http.post("/v1/tokens", json=body)
    assert answer.status_code == 200, answer.text
    tokens: Json = answer.json()
    return tokens


async def bad_credentials(service: Service, owned: Owned, clock: SetClock) -> dict[str, str | None]:
    """What strangers may send for `Authorization`, by who they are. The clock moves on."""
    lost, late = await sign_in(service, owned.patient), await sign_in(service, owned.patient)
    gone = await owned.patient.ask("DELETE", f"/v1/devices/{lost['device']['id']}")
    assert gone.status_code == 204
    clock.now += timedelta(minutes=11)
    await owned.patient.refresh()
    token = str(owned.patient.tokens["access_token"])
    (recovery, *_) = owned.patient.tokens["recovery_codes"]
    bearers = {
        "an expired token": late["access_token"],
        "a token of a revoked device": lost["access_token"],
        "a refresh token": owned.patient.tokens["refresh_token"],
        "a recovery code": recovery,
        "a reader's path token": owned.link.token,
        "a ticket": owned.ticket,
        "a passcode": owned.link.passcode,
        "a token with a wrong check": token[:-1] + ("a" if token[-1] != "a" else "b"),
        "a token in capitals": token.upper(),
        "a token cut short": token[:-6],
        "a token under another prefix": token.replace("aga_", "agr_"),
        "an account's id": str(owned.account_id),
        "two tokens": f"{token},{token}",
        "nothing": "",
    }
    told: dict[str, str | None] = {who: f"Bearer {text}" for who, text in bearers.items()}
    return told | {"nobody": None, "another scheme": f"Basic {token}", "no scheme": token}


async def everything_of(database: Database, account_id: UUID, *without: str) -> dict[str, Any]:
    """Every row of an account, by table."""
    found: dict[str, Any] = {}
    for name, each in METADATA.tables.items():
        if "account_id" in each.c and name not in without:
            rows = select(each).where(each.c.account_id == bindparam("account"))

            async def read(work: Transaction, rows: Any = rows) -> list[str]:
                return sorted(map(repr, await work.fetch(rows, {"account": account_id})))

            found[name] = await database.read(account_id, read)
    return found
