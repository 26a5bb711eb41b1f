"""Shares as they lie in the database and as they are opened, made without one."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.sharing.schemas import ShareDraft
from app.sharing.sealed import (
    About,
    OpenedShare,
    Secrets,
    opened_share,
    seal_about,
    seal_secrets,
)
from app.sharing.store import StoredShare
from app.vault import PatientKeys
from tests.sharing.journals import SHARE
from tests.sharing.test_rules import draft_body

ACCOUNT = UUID("0197c0de-00cc-7000-8000-0000000000cc")
KEYS = PatientKeys(ACCOUNT, {1: bytes(range(32))})
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECRETS = Secrets(token="t" * 43, key="k" * 43, passcode="ABCD2345", generated=True, verifier="v")


def drafted(**members: Any) -> ShareDraft:
    """A good draft with some members changed."""
    return ShareDraft.model_validate(draft_body(**members))


def stored(draft: ShareDraft, secrets: Secrets | None = SECRETS, **columns: Any) -> StoredShare:
    """A new share of that draft, some columns changed; without secrets its link is forgotten."""
    row = StoredShare(
        account_id=ACCOUNT,
        id=SHARE,
        kind=draft.kind,
        mode=draft.mode,
        created_at=NOW,
        expires_at=NOW + timedelta(days=7),
        revoked_at=None,
        tries_left=10,
        max_openings=draft.max_openings,
        openings=0,
        first_opened_at=None,
        last_opened_at=None,
        draft_digest=b"digest",
        sealed_about=seal_about(KEYS, SHARE, About.of(draft)),
        sealed_link=None if secrets is None else seal_secrets(KEYS, SHARE, secrets),
    )
    return row._replace(**columns)


def opened_of(draft: ShareDraft, secrets: Secrets | None = SECRETS, **columns: Any) -> OpenedShare:
    """The same with its seals open."""
    return opened_share(KEYS, stored(draft, secrets, **columns))
