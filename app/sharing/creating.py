"""Making a link: read the scope, make the file and the secrets, then keep all of it at once."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from app.accounts.profile import load_profile
from app.accounts.recovery import require_no_hold
from app.accounts.step_up import require_step_up
from app.audit import Actor, AuditEvent, append_event
from app.database import Transaction, UniqueViolation
from app.sharing.equipment import Equipment
from app.sharing.lifecycle import MOST_TRIES, is_alive
from app.sharing.material import Material, Subject
from app.sharing.refusals import ShareExists
from app.sharing.rules import expiry, judge_draft, size_faults
from app.sharing.schemas import ShareDraft
from app.sharing.sealed import (
    About,
    OpenedShare,
    Secrets,
    opened_share,
    seal_about,
    seal_secrets,
)
from app.sharing.shl import secret_hash
from app.sharing.store import StoredShare, add_share, load_share
from app.sharing.store_files import NewFile, add_file
from app.vault import PatientKeys
from app.web.identity import SignedIn
from app.web.problems import InvalidRequest


class Created(NamedTuple):
    """A share, and whether it was made just now."""

    share: OpenedShare
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who wants which share. `digest` tells two drafts apart, and nobody can guess by it."""

    signed_in: SignedIn
    actor: Actor
    draft: ShareDraft
    digest: bytes
    now: datetime

    @property
    def share_id(self) -> UUID:
        """The id that the client made."""
        return UUID(self.draft.id)


class Creating:
    """Makes shares; one object a process."""

    def __init__(self, equipment: Equipment) -> None:
        """One a process."""
        self._equipment = equipment

    async def create(self, signed_in: SignedIn, draft: ShareDraft, actor: Actor) -> Created:
        """The share of a draft; the same id and draft again give the same share.

        Raises StepUpRequired, InvalidRequest, or ShareExists for an id with another draft.
        """
        wish = Wish(
            signed_in=signed_in,
            actor=actor,
            draft=draft,
            digest=self._digest(signed_in, draft),
            now=self._equipment.clock(),
        )
        prepared = await self._equipment.database.read(
            signed_in.account_id, lambda work: self._prepared(work, wish)
        )
        if isinstance(prepared, StoredShare):
            return await self._again(wish)
        secrets = await self._equipment.judge.secrets_for(draft)
        file = await self._file(prepared, secrets)
        try:
            return Created(await self._kept(wish, secrets, file), new=True)
        except UniqueViolation:  # the same request a second time, at the same moment
            return await self._again(wish)

    def _digest(self, signed_in: SignedIn, draft: ShareDraft) -> bytes:
        told = json.dumps([str(signed_in.account_id), draft.model_dump(mode="json")])
        return self._equipment.vault.blind_index("share_draft", told)

    async def _prepared(
        self, transaction: Transaction, wish: Wish
    ) -> StoredShare | Material | None:
        """The share if it is there already, else what its snapshot is to be made of."""
        await require_step_up(transaction, wish.signed_in, wish.now)
        await require_no_hold(transaction, wish.signed_in, wish.now)
        account_id = wish.signed_in.account_id
        row = await load_share(transaction, account_id, wish.share_id)
        if row is not None:
            return row
        keys = await self._equipment.vault.patient(transaction, account_id)
        await _check_draft(transaction, keys, wish)
        if wish.draft.mode == "live":
            return None
        return await self._snapshot(transaction, keys, wish)

    async def _snapshot(self, transaction: Transaction, keys: PatientKeys, wish: Wish) -> Material:
        sources, draft = self._equipment.sources, wish.draft
        subject = Subject(
            share_id=wish.share_id,
            mode=draft.mode,
            scope=draft.scope,
            subject_name=draft.subject_name,
        )
        ground = await sources.ground(transaction, keys, subject, wish.now)
        material = await sources.material(transaction, subject, ground, wish.now)
        faults = size_faults(material.found)
        if faults:
            raise InvalidRequest(faults=faults)
        return material

    async def _file(self, material: Material | None, secrets: Secrets) -> NewFile | None:
        """The snapshot, encrypted; a live link makes its file when it is opened."""
        if material is None:
            return None
        jwe = await self._equipment.files.made(material, secrets.key)
        return NewFile(uuid4(), jwe, material.ground.stamp, material.generated_at)

    async def _kept(self, wish: Wish, secrets: Secrets, file: NewFile | None) -> OpenedShare:
        """The one write. Raises StepUpRequired or UniqueViolation."""
        account_id = wish.signed_in.account_id

        async def work(transaction: Transaction) -> OpenedShare:
            await require_step_up(transaction, wish.signed_in, wish.now)
            await require_no_hold(transaction, wish.signed_in, wish.now)
            keys = await self._equipment.vault.patient(transaction, account_id)
            share = _new_share(keys, wish, secrets)
            await add_share(transaction, share, secret_hash(secrets.token))
            if file is not None:
                await add_file(transaction, account_id, share.id, file)
            digest = sha256(share.sealed_about).digest()
            event = AuditEvent(
                wish.now, wish.actor, "share.created", "share", str(share.id), digest=digest
            )
            await append_event(transaction, account_id, event)
            return OpenedShare(share, About.of(wish.draft), secrets)

        return await self._equipment.database.write(account_id, work)

    async def _again(self, wish: Wish) -> Created:
        """The share that was made before: its link is read back, and that is told.

        Raises ShareExists when it was made from another draft.
        """
        account_id = wish.signed_in.account_id

        async def work(transaction: Transaction) -> Created:
            row = await load_share(transaction, account_id, wish.share_id)
            if row is None or row.draft_digest != wish.digest:
                raise ShareExists
            if is_alive(row, wish.now):
                of = str(wish.share_id)
                event = AuditEvent(wish.now, wish.actor, "share.read_back", "share", of)
                await append_event(transaction, account_id, event)
            keys = await self._equipment.vault.patient(transaction, account_id)
            return Created(opened_share(keys, row), new=False)

        return await self._equipment.database.write(account_id, work)


async def _check_draft(transaction: Transaction, keys: PatientKeys, wish: Wish) -> None:
    """Raises InvalidRequest."""
    profile = await load_profile(transaction, keys, keys.account_id)
    today = wish.now.astimezone(ZoneInfo(profile.content.time_zone)).date()
    faults = judge_draft(wish.draft, wish.now, today)
    if faults:
        raise InvalidRequest(faults=faults)


def _new_share(keys: PatientKeys, wish: Wish, secrets: Secrets) -> StoredShare:
    draft = wish.draft
    return StoredShare(
        account_id=keys.account_id,
        id=wish.share_id,
        kind=draft.kind,
        mode=draft.mode,
        created_at=wish.now,
        expires_at=expiry(draft, wish.now),
        revoked_at=None,
        tries_left=MOST_TRIES,
        max_openings=draft.max_openings,
        openings=0,
        first_opened_at=None,
        last_opened_at=None,
        draft_digest=wish.digest,
        sealed_about=seal_about(keys, wish.share_id, About.of(draft)),
        sealed_link=seal_secrets(keys, wish.share_id, secrets),
    )
