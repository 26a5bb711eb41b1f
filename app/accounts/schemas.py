"""What clients see of accounts, tokens, devices and profiles."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.accounts.devices import KnownDevice
from app.accounts.issuing import DeviceAbout, Pair, Start
from app.accounts.passwords import LONGEST, SHORTEST
from app.accounts.profile import StoredProfile
from app.accounts.profile_content import (
    DEFAULT_LOCALE,
    ONE_LINE,
    LocaleTag,
    ProfileContent,
    Sent,
)
from app.accounts.registration import RECOVERY_CODES, NewAccount
from app.accounts.tokens import TokenKind
from app.model import Model
from app.web.identity import SignedIn
from app.web.paging import Lacking, lacking

MAIL_ADDRESS = (
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$"
)
MOST_DEVICES = 100
LONGEST_LIFE = 3600


def _plain_address(address: str) -> str:
    """Refuse what readers of mail take for another address, written in code (RFC 2047)."""
    if "=?" in address:
        raise PydanticCustomError("unknown_value", "an encoded word")
    return address


MailAddress = Annotated[
    str,
    Field(max_length=254, pattern=MAIL_ADDRESS, examples=["alex@example.org"]),
    AfterValidator(_plain_address),
]
Password = Annotated[
    str, Field(min_length=1, max_length=LONGEST, json_schema_extra={"format": "password"})
]
# Its length is judged by the rules of passwords, which have codes of their own.
NewPassword = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "format": "password",
            "minLength": SHORTEST,
            "maxLength": LONGEST,
        }
    ),
]
MailedDigits = Annotated[str, Field(pattern=r"^[0-9]{8}$", max_length=8, examples=["12345678"])]
AccessToken = Annotated[
    str, Field(max_length=TokenKind.ACCESS.characters, pattern=TokenKind.ACCESS.pattern)
]
RefreshToken = Annotated[
    str, Field(max_length=TokenKind.REFRESH.characters, pattern=TokenKind.REFRESH.pattern)
]
RecoveryCode = Annotated[
    str, Field(max_length=TokenKind.RECOVERY.characters, pattern=TokenKind.RECOVERY.pattern)
]
Seconds = Annotated[int, Field(ge=0, le=LONGEST_LIFE, description="Seconds it has to live.")]
DeviceName = Annotated[
    str, Field(min_length=1, max_length=80, pattern=ONE_LINE, examples=["Alex's phone"])
]
Platform = Annotated[
    str, Field(min_length=1, max_length=40, pattern=ONE_LINE, examples=["Android 16"])
]
# JSON has no UUID of its own, so a text is taken for one.
RequestId = Annotated[UUID, Field(strict=False)]


class Told(Model):
    """An object of an answer."""

    model_config = ConfigDict(frozen=True)


class DeviceDraft(Sent):
    """What the patient will know a device by; kept sealed."""

    name: DeviceName
    """The patient's name for it."""
    platform: Platform
    """Its system, as the app knows it."""

    def about(self) -> DeviceAbout:
        """The same for sealing."""
        return DeviceAbout(name=self.name, platform=self.platform)


class AccountDraft(Sent):
    """A new account."""

    email: MailAddress
    """Where codes are sent to; it cannot be changed later."""
    password: NewPassword
    """15 to 256 characters, taken exactly as sent. There are no rules of composition."""
    locale: LocaleTag = DEFAULT_LOCALE
    """Of mails and of the first profile; its region decides which crisis lines are shown."""


class CodeRequest(Told):
    """A request that waits for the code in a mail."""

    request_id: UUID
    """To be sent along with the code."""
    expires_in: Seconds


class EmailVerification(Sent):
    """The code that was mailed, from the device that becomes the first one."""

    request_id: RequestId
    """From `registerAccount`."""
    code: MailedDigits
    """The eight digits of the newest mail."""
    device: DeviceDraft


class TokenRefresh(Sent):
    """A refresh token to be spent."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=200)]
    """The newest that this device has stored."""


class StepUpProof(Told):
    """A proof that was taken; it belongs to this device."""

    valid_until: datetime
    """When it ends."""


class TokenPair(Told):
    """Tokens of a device. Store both before using either."""

    access_token: AccessToken
    """For `Authorization: Bearer`."""
    refresh_token: RefreshToken
    """For `refreshTokens`, once."""
    expires_in: Seconds
    account_id: UUID
    """Whose they are; it stays the same for as long as the account lives, and opens nothing.

    An app that holds unsent entries compares it before it pushes any.
    """

    @classmethod
    def of(cls, pair: Pair) -> "TokenPair":
        """As it is answered."""
        return cls(**pair._asdict())


class Device(Told):
    """A signed-in installation of the app."""

    id: UUID
    """For `revokeDevice`."""
    name: DeviceName
    """The patient's name for it."""
    platform: Platform
    """Its system."""
    created_at: datetime
    """When it signed in."""
    last_seen: date
    """The day, in UTC, on which it last asked for tokens."""
    current: bool
    """Whether it is the one that asks."""

    @classmethod
    def of(cls, known: KnownDevice, about: DeviceAbout, asking: UUID) -> "Device":
        """As it is answered to the device `asking`."""
        return cls(
            id=known.device.id,
            name=about.name,
            platform=about.platform,
            created_at=known.device.created_at,
            last_seen=known.last_seen,
            current=known.device.id == asking,
        )


class DevicePage(Told):
    """All devices that are signed in, the oldest first; there is only one page."""

    items: Annotated[list[Device], Field(max_length=MOST_DEVICES)]
    unreadable: Lacking = None
    """Devices that are signed in and whose names do not open; absent where all do."""

    @classmethod
    def of(cls, known: list[KnownDevice], signed_in: SignedIn) -> "DevicePage":
        """As it is answered."""
        own = signed_in.device_id
        return cls(
            items=[Device.of(each, each.about, own) for each in known if each.about],
            unreadable=lacking(each.device.id for each in known if each.about is None),
        )


class DeviceTokens(TokenPair):
    """Tokens of a device that has just signed in."""

    device: Device

    @classmethod
    def started(cls, start: Start) -> "DeviceTokens":
        """As it is answered."""
        known = KnownDevice(start.device, start.about)
        return cls(**start.pair._asdict(), device=Device.of(known, start.about, start.device.id))


class NewAccountTokens(DeviceTokens):
    """Tokens of the first device, and the recovery codes, which are shown this once."""

    recovery_codes: Annotated[
        list[RecoveryCode], Field(min_length=RECOVERY_CODES, max_length=RECOVERY_CODES)
    ]
    """To be written down: each lifts the demand for a passkey once."""

    @classmethod
    def opened(cls, account: NewAccount) -> "NewAccountTokens":
        """As it is answered."""
        started = DeviceTokens.started(account.start)
        return cls(**dict(started), recovery_codes=account.recovery_codes)


class Profile(ProfileContent):
    """The patient's own settings."""

    revision: Annotated[int, Field(ge=1, le=2**40)]
    """Also the `ETag`."""
    updated_at: datetime
    """When it was last changed."""

    @classmethod
    def of(cls, stored: StoredProfile) -> "Profile":
        """As it is answered."""
        return cls(**dict(stored.content), revision=stored.revision, updated_at=stored.updated_at)
