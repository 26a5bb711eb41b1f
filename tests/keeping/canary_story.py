"""A patient who uses everything there is, with a canary in every text."""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx

from tests.authenticator import Authenticator
from tests.keeping.planting import Planting
from tests.process import CODE, RunningService
from tests.service import an_entry
from tests.sharing.links import a_draft, taken_apart, unbased

# What an answer holds is for the story to say.
Json = dict[str, Any]
ZONE = "Pacific/Chatham"
KINDS = ("session", "mood", "anxiety", "flashback", "dissociation", "assessment")
MERGE = {"Content-Type": "application/merge-patch+json"}


@dataclass(slots=True)
class Account:
    """An address with its password, and what signs its device in."""

    email: str
    password: str
    tokens: Json = field(default_factory=dict)


@dataclass(slots=True)
class Story:
    """What is done to a running service, and the secrets it gave."""

    service: RunningService
    http: httpx.Client
    planting: Planting = field(default_factory=Planting)
    secrets: dict[str, str | bytes] = field(default_factory=lambda: {"zone": ZONE})
    of_another: set[str] = field(default_factory=set)
    """Canaries of an account that forgot its password."""

    def run(self) -> Account:
        """Everything; the account whose journal is full of canaries."""
        self._recover()
        self.of_another = set(self.planting.where)
        return self.live()

    def live(self) -> Account:
        """The same without the account of another."""
        account = self._sign_up()
        self._write(account)
        self._import(account)
        self._passkey(account)
        self._share(account)
        self._sign_in_and_out(account)
        return account

    def ask(
        self, account: Account, method: str, path: str, status: int, **more: Any
    ) -> httpx.Response:
        """A request of the patient's that is answered with `status`."""
        token = {"Authorization": f"Bearer {account.tokens['access_token']}"}
        answer = self.http.request(
            method, path, **{**more, "headers": token | more.get("headers", {})}
        )
        assert answer.status_code == status, (path, answer.text)
        return answer

    def post(self, path: str, status: int, body: Json) -> Json:
        """A request of nobody's."""
        answer = self.http.post(path, json=body)
        assert answer.status_code == status, (path, answer.text)
        found: Json = answer.json()
        return found

    def prove(self, account: Account) -> None:
        """A fresh proof of identity."""
        proof = {"method": "password", "password": account.password}
        self.planting.used_again.add(("PasswordProof", "password"))
        self.ask(account, "POST", "/v1/step-up", 200, json=proof)

    def _keep(self, name: str, secret: str | bytes) -> None:
        self.secrets[f"{name} {len(self.secrets)}"] = secret

    def _signed_in(self, account: Account, tokens: Json) -> None:
        account.tokens |= tokens
        for name in ("access_token", "refresh_token"):
            self._keep(name, tokens[name])
        for code in tokens.get("recovery_codes", ())[:2]:  # a search of all of them takes a while
            self._keep("recovery code", code)

    def _mailed_code(self, email: str) -> str:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            for file in sorted((self.service.folder / "mail").glob("*.eml"), reverse=True):
                text = file.read_text()
                found = CODE.search(text)
                if email in text and found:
                    file.unlink()
                    # Eight digits alone stand in a dump of random bytes by chance.
                    self._keep("mailed code", f"Code: {found[1]}")
                    self._keep("mailed code", json.dumps(found[1]))
                    return found[1]
            time.sleep(0.05)
        raise TimeoutError("no code was mailed")

    def _device(self) -> Json:
        return self.planting.filled("DeviceDraft")

    def _sign_up(self) -> Account:
        draft = self.planting.filled("AccountDraft")
        account = Account(draft["email"], draft["password"])
        asked = self.post("/v1/accounts", 202, draft)
        code = {"request_id": asked["request_id"], "code": self._mailed_code(account.email)}
        verified = self.post("/v1/accounts/verification", 201, code | {"device": self._device()})
        self._signed_in(account, verified)
        return account

    def _recover(self) -> None:
        account = self._sign_up()
        start = {"email": account.email}
        self.planting.used_again.add(("RecoveryStart", "email"))
        asked = self.post("/v1/accounts/recovery", 202, start)
        completion = self.planting.filled("RecoveryCompletion", {"device": {}})
        code = {"request_id": asked["request_id"], "code": self._mailed_code(account.email)}
        self._signed_in(
            account, self.post("/v1/accounts/recovery/completion", 200, completion | code)
        )

    def _write(self, account: Account) -> None:
        profile = self.ask(account, "GET", "/v1/profile", 200)
        changes = self.planting.filled("ProfilePatch", {"time_zone": ZONE})
        tag = {"If-Match": profile.headers["ETag"]}
        self.ask(account, "PATCH", "/v1/profile", 200, json=changes, headers=MERGE | tag)
        for kind in KINDS:
            self._write_kind(account, kind)
        parts: Json = {
            name: self.planting.filled(f"CheckIn{name.title()}", {"id": str(uuid4()), **content})
            for name, content in (
                ("mood", {"score": 0, "help_wanted": True}),
                ("anxiety", {"level": 1}),
                ("flashback", {"report": "none_today"}),
            )
        }
        self.ask(account, "POST", "/v1/check-ins", 201, json=parts | self._times(1))

    def _times(self, hours: int) -> Json:
        at = datetime.now(UTC) - timedelta(hours=hours)
        local = at.astimezone(ZoneInfo(ZONE))
        return {"occurred_at": local.isoformat(timespec="seconds"), "time_zone": ZONE}

    def _write_kind(self, account: Account, kind: str) -> None:
        """One entry that is created, replaced, patched, and changed by a sync."""
        name = kind.title()
        times = self._times(2 + KINDS.index(kind))
        entry = self.planting.filled(f"{name}Draft", an_entry(kind) | times)
        path = f"/v1/entries/{entry['id']}"
        saved = self.ask(account, "POST", "/v1/entries", 201, json=entry)
        plain = {each: value for each, value in (an_entry(kind) | times).items() if each != "id"}
        tag = {"If-Match": saved.headers["ETag"]}
        whole = self.planting.filled(f"{name}Replacement", plain)
        saved = self.ask(account, "PUT", path, 200, json=whole, headers=tag)
        tag = {"If-Match": saved.headers["ETag"]}
        part = self.planting.filled(f"{name}Patch", {"kind": kind})
        saved = self.ask(account, "PATCH", path, 200, json=part, headers=MERGE | tag)
        change = {
            "id": entry["id"],
            "op": "upsert",
            "base_revision": saved.json()["entry"]["revision"],
            "data": self.planting.filled(f"{name}Patch", plain),
        }
        push = {"device_id": "phone", "changes": [change]}
        pushed = self.ask(account, "POST", "/v1/sync/changes", 200, json=push).json()
        assert pushed["results"][0]["status"] == "applied", pushed

    def _import(self, account: Account) -> None:
        day = f"{datetime.now(UTC) - timedelta(days=3):%Y-%m-%d}"
        for action in ("Preview", "Commit"):
            order = self.planting.filled(
                f"Import{action}", {"scores": None, "content": "to be made"}
            )
            name = self.planting.filled("MoodName", {"score": 3})
            title, note, tag = (self.planting.canary(f"Import{action}", "content") for _ in "123")
            unknown = self.planting.canary(f"Import{action}", "a name that is refused")
            rows = (
                "full_date,date,weekday,time,mood,activities,note_title,note",
                f"{day},x,x,08:10,{name['name']},{tag},{title},{note}",
                f"{day},x,x,08:11,{unknown},,,",
            )
            order |= {
                "action": action.lower(),
                "diary": "daylio",
                "content": "\n".join(rows),
                "scores": [name],
                **({"id": str(uuid4())} if action == "Commit" else {}),
            }
            told = self.ask(account, "POST", "/v1/imports", 200, json=order).json()
            assert (told["created"], told["refused_count"]) == (1, 1), told

    def _passkey(self, account: Account) -> None:
        self.prove(account)
        started = self.ask(account, "POST", "/v1/passkeys/registration", 200).json()
        key = Authenticator(origin=self.service.url, rp_id="127.0.0.1")
        credential = key.create(started["options"])
        draft = self.planting.filled(
            "PasskeyDraft", {"challenge_id": started["challenge_id"], "credential": credential}
        )
        path = "/v1/passkeys/registration/completion"
        self.ask(account, "POST", path, 201, json=draft)

    def _share(self, account: Account) -> None:
        today = datetime.now(ZoneInfo(ZONE)).date()
        days = {"from": str(today - timedelta(days=7)), "to": str(today)}
        scope = {"kinds": list(KINDS), **days, "include_notes": True}
        kinds: tuple[Json, ...] = ({}, {"mode": "live"}, {"kind": "direct"})
        for more in kinds:
            draft = self.planting.filled("ShareDraft", a_draft(scope, **more))
            if more:
                del draft["passcode"]
            self.prove(account)
            made = self.ask(account, "POST", "/v1/shares", 201, json=draft).json()
            self._open(made)
            self.ask(account, "GET", f"/v1/shares/{made['id']}", 200)

    def _open(self, made: Json) -> None:
        payload = taken_apart(made["link"])
        token, key = payload["url"].rpartition("/")[2], payload["key"]
        for secret in (token, key):
            self._keep("of a link", secret)
            self._keep("of a link", unbased(secret))
        asked = self.planting.filled("ShareManifestRequest", {"embeddedLengthMax": 0})
        if payload["flag"] == "U":
            query = {"recipient": asked["recipient"]}
            assert self.http.get(f"/shl/{token}", params=query).status_code == 200
            return
        self._keep("passcode", made["passcode"])
        assert self.http.post(f"/shl/{token}", json=asked).status_code == 401
        found = self.post(f"/shl/{token}", 200, asked | {"passcode": made["passcode"]})
        location = found["files"][0]["location"]
        self._keep("ticket", location.rpartition("/")[2])
        assert self.http.get(location).status_code == 200

    def _sign_in_and_out(self, account: Account) -> None:
        """In and wrongly in, a refresh, and an address that has an account already."""
        draft = self.planting.filled("PasswordSignIn", {"method": "password", "device": {}})
        wrong = draft | {"method": "password"}
        assert self.http.post("/v1/tokens", json=wrong).status_code == 401
        right = wrong | {"email": account.email, "password": account.password}
        self._signed_in(Account("", ""), self.post("/v1/tokens", 200, right))
        spent = {"refresh_token": account.tokens["refresh_token"]}
        self._signed_in(account, self.post("/v1/tokens/refresh", 200, spent))
        self.post("/v1/accounts", 202, {"email": account.email, "password": account.password})

    def not_exported(self, account: Account) -> set[tuple[str, str]]:
        """Where canaries were planted that the patient does not get back."""
        self.prove(account)
        exported = self.ask(account, "GET", "/v1/export?format=ndjson", 200).text
        own = self.planting.where.keys() - self.of_another
        return {self.planting.where[text] for text in own if text not in exported}

    def mailed(self) -> set[tuple[str, str]]:
        """Where canaries were planted that stand in mails."""
        folder = self.service.folder / "mail"
        mails = "".join(each.read_text() for each in folder.glob("*.eml"))
        assert mails
        return {place for text, place in self.planting.where.items() if text in mails}

    def needles(self) -> dict[str, str | bytes]:
        """All that must stand nowhere in clear."""
        return {"canary": self.planting.word, **self.secrets}

    def erase(self, account: Account) -> None:
        """For good."""
        self.prove(account)
        self.ask(account, "DELETE", "/v1/account", 204)


def json_members() -> dict[str, str | bytes]:
    """How the content of an entry reads in JSON: numbers and words of lists have no canary."""
    names = ("score", "level", "intensity", "substance", "instrument", "warning_signs")
    members: dict[str, str | bytes] = {f"member {name}": f'"{name}":' for name in names}
    return members | {"substance": "ketamine_racemic", "route": "iv_infusion"}
