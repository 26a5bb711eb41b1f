"""What is sealed of a share: what it is about, and the secrets of its link."""

from typing import NamedTuple, cast
from uuid import UUID

from pydantic import ConfigDict

from app.model import Model
from app.sharing.material import Subject
from app.sharing.passcodes import generate_passcode, passcode_verifier
from app.sharing.refusals import ShareUnreadable
from app.sharing.schemas import ShareDraft, ShareMode, ShareScope
from app.sharing.shl import Link, link_flag, manifest_url, new_secret
from app.sharing.store import StoredShare
from app.vault import PatientKeys, Place, SealBroken


class About(Model):
    """What the patient chose and wrote; readers see `label` and `subject_name` alone."""

    model_config = ConfigDict(frozen=True)

    scope: ShareScope
    label: str
    subject_name: str | None = None
    private_note: str | None = None

    @classmethod
    def of(cls, draft: ShareDraft) -> "About":
        """Taken from a draft."""
        return cls(
            scope=draft.scope,
            label=draft.label,
            subject_name=draft.subject_name,
            private_note=draft.private_note,
        )


class Secrets(Model):
    """Token and key of a link, and of a passcode its text and the hash it is judged by."""

    model_config = ConfigDict(frozen=True)

    token: str
    key: str
    passcode: str | None = None
    generated: bool = False
    verifier: str | None = None

    @classmethod
    def made_for(cls, draft: ShareDraft) -> "Secrets":
        """Fresh ones. Slow, for the passcode's hash is."""
        if draft.kind == "direct":
            return cls(token=new_secret(), key=new_secret())
        passcode = draft.passcode or generate_passcode()
        generated = draft.passcode is None
        return cls(
            token=new_secret(),
            key=new_secret(),
            passcode=passcode,
            generated=generated,
            verifier=passcode_verifier(passcode, generated=generated),
        )


class OpenedShare(NamedTuple):
    """A share with its seals open; `secrets` is None in lists, and once the link was forgotten."""

    row: StoredShare
    about: About
    secrets: Secrets | None

    def subject(self) -> Subject:
        """What its file is to be made of."""
        return Subject(
            share_id=self.row.id,
            mode=cast("ShareMode", self.row.mode),
            scope=self.about.scope,
            subject_name=self.about.subject_name,
        )


def seal_about(keys: PatientKeys, share_id: UUID, about: About) -> bytes:
    """Seal what the share is about."""
    text = about.model_dump_json(by_alias=True, exclude_none=True)
    return keys.seal(_place(keys, share_id, "about"), text.encode())


def seal_secrets(keys: PatientKeys, share_id: UUID, secrets: Secrets) -> bytes:
    """Seal the secrets of the link."""
    return keys.seal(_place(keys, share_id, "link"), secrets.model_dump_json().encode())


def opened_share(keys: PatientKeys, row: StoredShare) -> OpenedShare:
    """Open what is sealed of a share. Raises ShareUnreadable."""
    try:
        share = opened_about(keys, row)
        secrets = row.sealed_link and keys.open(_place(keys, row.id, "link"), row.sealed_link)
    except SealBroken:  # the vault has told it
        raise ShareUnreadable from None
    return share._replace(secrets=Secrets.model_validate_json(secrets) if secrets else None)


def opened_about(keys: PatientKeys, row: StoredShare) -> OpenedShare:
    """Open what a share is about, which is all that lists show of it. Raises SealBroken."""
    about = keys.open(_place(keys, row.id, "about"), row.sealed_about)
    return OpenedShare(row, About.model_validate_json(about), None)


def link_of(share: OpenedShare, base: str) -> Link | None:
    """The link to hand over; None once it was forgotten."""
    if share.secrets is None:
        return None
    return Link(
        url=manifest_url(base, share.secrets.token),
        flag=link_flag(share.row.kind, share.row.mode),
        key=share.secrets.key,
        expires_at=share.row.expires_at,
        label=share.about.label,
    )


def recipient_place(account_id: UUID, share_id: UUID, access_id: UUID) -> Place:
    """Where the name that a reader claimed belongs."""
    return Place("share_access", "recipient", account_id, f"{share_id}/{access_id}")


def _place(keys: PatientKeys, share_id: UUID, field: str) -> Place:
    return Place("share", field, keys.account_id, str(share_id))
