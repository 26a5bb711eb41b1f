"""What the patient is told of the readers: a log of limited length, and events in the chain."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from app.audit import Actor, AuditAction, AuditEvent, Outcome, append_event
from app.clock import Clock
from app.database import Database, Transaction
from app.sharing.schemas import ShareAccessOutcome, ShareAccessVia
from app.sharing.sealed import recipient_place
from app.sharing.store import StoredShare, lock_share
from app.sharing.store_accesses import StoredAccess, add_access, count_accesses, make_place
from app.sharing.store_openings import count_refusal
from app.vault import PatientKeys, Vault

MOST_ACCESSES = 500
"""Rows kept of one link."""

ACTIONS: dict[str, AuditAction] = {
    "opened": "share.opened",
    "wrong_passcode": "share.passcode_wrong",
    "refused": "share.refused",
}
LOCKED: AuditAction = "share.locked"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, as far as a reader is known at all. `recipient` is a claim."""

    client: str
    request_id: str
    recipient: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One opening or attempt."""

    account_id: UUID
    share_id: UUID
    via: ShareAccessVia
    outcome: ShareAccessOutcome
    tries_left: int | None
    visitor: Visitor

    @property
    def action(self) -> AuditAction | None:
        """Its name in the audit chain, if it stands there."""
        if self.outcome == "wrong_passcode" and self.tries_left == 0:
            return LOCKED
        if self.outcome == "opened" and self.via == "file":
            return None  # the opening that gave the ticket was told
        return ACTIONS.get(self.outcome)

    @property
    def always_told(self) -> bool:
        """Whether a full log makes place for it."""
        return self.outcome in ("opened", "wrong_passcode") and self.via != "file"


class Visit:
    """One request of a reader; what it leaves behind is written after the answer.

    So the time until the answer tells nothing of whether there was anything to write.
    """

    def __init__(self, visitor: Visitor) -> None:
        """Nothing is left behind yet."""
        self.visitor = visitor
        self.left: Access | None = None

    def leaves(
        self, share: StoredShare, outcome: ShareAccessOutcome, via: ShareAccessVia | None = None
    ) -> None:
        """Write this once the answer is out."""
        self.left = access_of(share, self.visitor, outcome, via)


def access_of(
    share: StoredShare,
    visitor: Visitor,
    outcome: ShareAccessOutcome,
    via: ShareAccessVia | None = None,
) -> Access:
    """An access of a share by the way its kind is opened, unless another one is told."""
    usual: ShareAccessVia = "direct" if share.kind == "direct" else "manifest"
    asked = share.kind != "direct" and outcome != "refused"
    return Access(
        account_id=share.account_id,
        share_id=share.id,
        via=via or usual,
        outcome=outcome,
        tries_left=share.tries_left if asked and via != "file" else None,
        visitor=visitor,
    )


class Accesses:
    """Writes the log; one object a process."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        """One a process."""
        self._database = database
        self._vault = vault
        self._clock = clock

    async def tell(self, access: Access) -> None:
        """Write an access in a transaction of its own, unless its account was erased meanwhile."""
        now = self._clock()

        async def work(transaction: Transaction) -> None:
            if not await lock_share(transaction, access.account_id, access.share_id):
                return
            keys = await self._vault.patient(transaction, access.account_id)
            await write_access(transaction, keys, access, now)

        await self._database.write(access.account_id, work, brief=True)


async def write_access(
    transaction: Transaction, keys: PatientKeys, access: Access, now: datetime
) -> None:
    """A row of the log and an event of the chain, as far as the log has a place for it.

    Openings and wrong passcodes always find one; other rows give way. The share is locked: else an
    account that is being erased would keep the row, and a log could grow longer.
    """
    account_id, share_id = access.account_id, access.share_id
    if await count_accesses(transaction, account_id, share_id) >= MOST_ACCESSES:
        if not access.always_told:
            await count_refusal(transaction, account_id, share_id)
            return
        await make_place(transaction, account_id, share_id)
    row = _row(keys, access, now)
    await add_access(transaction, account_id, share_id, row)
    if access.action is not None:
        actor = Actor("reader", str(row.id), access.visitor.request_id)
        outcome: Outcome = "done" if access.outcome == "opened" else "refused"
        event = AuditEvent(now, actor, access.action, "share", str(share_id), outcome)
        await append_event(transaction, account_id, event)


def _row(keys: PatientKeys, access: Access, now: datetime) -> StoredAccess:
    access_id, recipient = uuid4(), access.visitor.recipient
    place = recipient_place(access.account_id, access.share_id, access_id)
    return StoredAccess(
        id=access_id,
        at=now,
        via=access.via,
        outcome=access.outcome,
        tries_left=access.tries_left,
        sealed_recipient=None if recipient is None else keys.seal(place, recipient.encode()),
        client=access.visitor.client,
    )
