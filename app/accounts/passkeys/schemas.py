"""What clients see of passkeys."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.accounts.passkeys.options import (
    MOST_PASSKEYS,
    PasskeyAssertion,
    PasskeyAttestation,
    PasskeyCreationOptions,
    PasskeyRequestOptions,
)
from app.accounts.passkeys.passkeys import KnownPasskeys
from app.accounts.profile_content import ONE_LINE, Sent
from app.accounts.schemas import DeviceDraft, RequestId, Told
from app.accounts.store_passkeys import StoredPasskey
from app.web.paging import Lacking, lacking

PasskeyName = Annotated[
    str, Field(min_length=1, max_length=80, pattern=ONE_LINE, examples=["Alex's phone"])
]


class PasskeyRegistration(Told):
    """A passkey that may be made now."""

    challenge_id: UUID
    """To be sent along with the new passkey, within five minutes."""
    options: PasskeyCreationOptions


class PasskeyChallenge(Told):
    """A challenge that a passkey may answer now."""

    challenge_id: UUID
    """To be sent along with the answer, within five minutes."""
    options: PasskeyRequestOptions


class PasskeyDraft(Sent):
    """A passkey that was made."""

    challenge_id: RequestId
    """From `startPasskeyRegistration`."""
    credential: PasskeyAttestation
    name: PasskeyName
    """The patient's name for it; kept sealed."""
    require_passkey: bool = False
    """From now on a password is not enough to sign in, until the last passkey is deleted."""


class PasskeySignIn(Sent):
    """Signing a device in by passkey."""

    challenge_id: RequestId
    """From `startPasskeySignIn`."""
    credential: PasskeyAssertion
    device: DeviceDraft
    replace_oldest: bool = False
    """Sign out the device unseen longest when there are too many."""


class Passkey(Told):
    """A passkey of the account."""

    id: UUID
    """For `deletePasskey`."""
    name: PasskeyName
    """The patient's name for it."""
    created_at: datetime
    """When it was added."""
    last_used: date | None = None
    """The day, in UTC, of its last use; absent before the first."""

    @classmethod
    def of(cls, passkey: StoredPasskey, name: str) -> "Passkey":
        """As it is answered."""
        return cls(
            id=passkey.id,
            name=name,
            created_at=passkey.created_at,
            last_used=passkey.used_at and passkey.used_at.date(),
        )


class PasskeyPage(Told):
    """All passkeys, the oldest first; there is only one page."""

    items: Annotated[list[Passkey], Field(max_length=MOST_PASSKEYS)]
    unreadable: Lacking = None
    """Passkeys that serve as before and whose names do not open; absent where all do."""
    passkey_required: bool
    """Whether signing in demands one."""

    @classmethod
    def of(cls, known: KnownPasskeys) -> "PasskeyPage":
        """As it is answered."""
        return cls(
            items=[Passkey.of(each.passkey, each.name) for each in known.all if each.name],
            unreadable=lacking(each.passkey.id for each in known.all if not each.name),
            passkey_required=known.required,
        )
