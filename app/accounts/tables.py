"""What the disk sees of accounts, devices and tokens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from app.database.rows import StoredRow


class AccountRow(StoredRow, table=True):
    """One account. The e-mail address is sealed; its keyed blind index finds it.

    An account of an external issuer has no address and no password: both are empty, and the index
    is that of issuer and subject. `passkey_required_at`: since when a password is not enough.
    """

    __tablename__ = "account"

    account_id: UUID = Field(primary_key=True)
    email_index: bytes = Field(unique=True)
    sealed_email: bytes
    password_hash: str = Field(max_length=256)
    created_at: datetime
    locked_at: datetime | None = None
    recovered_at: datetime | None = None
    passkey_required_at: datetime | None = None


class ProfileRow(StoredRow, table=True):
    """The patient's own settings: sealed content and its revision."""

    __tablename__ = "profile"

    account_id: UUID = Field(primary_key=True)
    revision: int
    sealed: bytes
    updated_at: datetime


class PendingCodeRow(StoredRow, table=True):
    """A mailed code that waits: for a sign-up or a recovery. An address has one of each at most."""

    __tablename__ = "pending_code"
    __table_args__ = (UniqueConstraint("purpose", "email_index", name="pending_code_by_address"),)

    request_id: UUID = Field(primary_key=True)
    purpose: str = Field(max_length=16)
    email_index: bytes
    code_hash: str = Field(max_length=256)
    tries_left: int
    sealed: bytes
    created_at: datetime
    expires_at: datetime


class DeviceRow(StoredRow, table=True):
    """One signed-in installation. Its secret makes its tokens; none is stored.

    `seen_at` is the newest instant at which it was used: its own time never runs backwards.
    """

    __tablename__ = "device"
    __table_args__ = (
        Index("device_by_id", "id"),
        Index("device_by_number", text("substr(sealed_secret, 2, 4)")),
    )

    account_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    sealed_about: bytes
    created_at: datetime
    seen_at: datetime
    sealed_secret: bytes
    generation: int
    confirmed: bool
    rotated_at: datetime
    access_at: datetime
    step_up_until: datetime | None = None
    device_public_key: bytes | None = None
    revoked_at: datetime | None = None


class AccessTokenRow(StoredRow, table=True):
    """What an access token stands for; the one row a signed-in request reads."""

    __tablename__ = "access_token"
    __table_args__ = (Index("access_token_by_device", "account_id", "device_id"),)

    token_hash: bytes = Field(primary_key=True)
    account_id: UUID
    device_id: UUID
    generation: int
    expires_at: datetime
    confirmed: bool


class PasskeyRow(StoredRow, table=True):
    """One passkey of an account: the public half of a key pair, under a sealed name."""

    __tablename__ = "passkey"

    account_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    credential_id: bytes = Field(unique=True)
    public_key: bytes
    sign_count: int = Field(sa_type=BigInteger)
    sealed_name: bytes
    created_at: datetime
    used_at: datetime | None = None


class SpentProofRow(StoredRow, table=True):
    """The fingerprint of a proof that works once and was used: a challenge, an ID token."""

    __tablename__ = "spent_proof"
    __table_args__ = (Index("spent_proof_by_end", "ends_at"),)

    fingerprint: bytes = Field(primary_key=True)
    ends_at: datetime


class RecoveryCodeRow(StoredRow, table=True):
    """The hash of a recovery code that was not used yet."""

    __tablename__ = "recovery_code"

    account_id: UUID = Field(primary_key=True)
    code_hash: bytes = Field(primary_key=True)
    created_at: datetime


class OutboxRow(StoredRow, table=True):
    """A mail that has been decided but not sent: sealed, retried, then dropped."""

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_by_next_try", "next_try_at"),)

    id: UUID = Field(primary_key=True)
    email_index: bytes | None = None
    sealed: bytes
    created_at: datetime
    next_try_at: datetime
    tries: int
