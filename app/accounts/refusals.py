"""What this room refuses, besides what every room does."""

from typing import Self
from uuid import UUID

from app.web.problems import Refusal

BEARER = {"WWW-Authenticate": "Bearer"}


class WayRefused(Refusal):
    """Somebody did not get in; whose account it was about is told to its patient alone."""

    account_id: UUID | None = None
    email_index: bytes | None = None

    def about(self, account_id: UUID) -> Self:
        """The same refusal, to be noted in the chain of this account."""
        self.account_id = account_id
        return self

    def about_address(self, email_index: bytes) -> Self:
        """The same refusal, to be noted in the chain of the account at an address, if any."""
        self.email_index = email_index
        return self


class CredentialsRefused(WayRefused):
    """Unknown address, wrong password or locked account: all the same."""

    status = 401
    code = "credentials_refused"
    title = "These credentials do not fit"

    def __init__(self) -> None:
        """Nothing more is told."""
        super().__init__(headers=BEARER)


class RefreshRefused(Refusal):
    """A refresh token that is malformed, unknown, spent, expired or revoked: all the same."""

    status = 401
    code = "refresh_refused"
    title = "This refresh token does not serve; sign in again"

    def __init__(self) -> None:
        """Nothing more is told."""
        super().__init__(headers=BEARER)


class CodeRefused(WayRefused):
    """A mailed code that is wrong, used, expired, out of tries or not the newest: all the same."""

    status = 422
    code = "code_refused"
    title = "This code does not serve; ask for a new one"


class PasskeyRequired(WayRefused):
    """The password is right, but this account wants a passkey."""

    status = 403
    code = "passkey_required"
    title = "This account wants a passkey"


class RecoveryHold(Refusal):
    """The account was recovered less than a day ago."""

    status = 403
    code = "recovery_hold"
    title = "For a day after a recovery nothing leaves the account"


class DeviceLimitReached(WayRefused):
    """As many devices are signed in as an account may have."""

    status = 409
    code = "device_limit_reached"
    title = "Too many devices are signed in"

    def __init__(self) -> None:
        """Say what helps."""
        super().__init__("Sign one out, or sign in with `replace_oldest`.")


class BusyHashing(Refusal):
    """Too many passwords or passcodes wait to be hashed."""

    status = 429
    code = "busy_hashing"
    title = "Too many sign-ins at once"

    def __init__(self) -> None:
        """A hash takes a fraction of a second: the queue is empty after two."""
        super().__init__(headers={"Retry-After": "2"})


class ProfileUnreadable(Refusal):
    """What is stored of the patient's own settings does not open."""

    status = 500
    code = "profile_unreadable"
    title = "The patient's own settings here do not open"
