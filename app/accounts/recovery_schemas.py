"""What clients send to come back into an account."""

from typing import Annotated

from pydantic import Field

from app.accounts.profile_content import Sent
from app.accounts.schemas import (
    DeviceDraft,
    MailAddress,
    MailedDigits,
    NewPassword,
    RecoveryCode,
    RequestId,
)


class RecoveryStart(Sent):
    """Whose account it is."""

    email: MailAddress
    """The account's address; case makes no difference."""


class RecoveryCompletion(Sent):
    """The mailed code with the new password, from the device that will be signed in."""

    request_id: RequestId
    """From `startRecovery`."""
    code: MailedDigits
    """The eight digits of the newest mail."""
    new_password: NewPassword
    """15 to 256 characters, taken exactly as sent. There are no rules of composition."""
    device: DeviceDraft
    recovery_code: Annotated[RecoveryCode | None, Field(exclude=True)] = None
    """One of the account's recovery codes: it lifts the demand for a passkey."""
