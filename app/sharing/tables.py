"""What the disk sees of shares: hashes, counters and sealed bytes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from app.database.rows import StoredRow

REMEMBERED = text("sealed_link IS NOT NULL")
"""Links that the sweep may still have to forget."""


class ShareRow(StoredRow, table=True):
    """One link. Revoking empties `sealed_link`: token, key and passcode are gone with it."""

    __tablename__ = "share"
    __table_args__ = (
        Index("share_by_time", "account_id", "created_at", "id"),
        Index(
            "share_by_expiry", "expires_at", postgresql_where=REMEMBERED, sqlite_where=REMEMBERED
        ),
    )

    account_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    token_hash: bytes = Field(unique=True)
    kind: str = Field(max_length=16)
    mode: str = Field(max_length=16)
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    tries_left: int
    tried_at: datetime | None = None
    max_openings: int | None = None
    openings: int
    first_opened_at: datetime | None = None
    last_opened_at: datetime | None = None
    opened_minute: datetime | None = None
    opened_in_minute: int
    refusals: int
    draft_digest: bytes
    sealed_about: bytes
    sealed_link: bytes | None = None


class ShareFileRow(StoredRow, table=True):
    """One encrypted file of a link, as readers receive it."""

    __tablename__ = "share_file"

    account_id: UUID = Field(primary_key=True)
    share_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    jwe: bytes
    content_stamp: bytes
    created_at: datetime


class ShareTicketRow(StoredRow, table=True):
    """A short-lived permission to read one file; dies with its link."""

    __tablename__ = "share_ticket"
    __table_args__ = (Index("share_ticket_by_share", "account_id", "share_id"),)

    ticket_hash: bytes = Field(primary_key=True)
    account_id: UUID
    share_id: UUID
    file_id: UUID
    expires_at: datetime


class ShareAccessRow(StoredRow, table=True):
    """One opening or attempt, as the patient may see it. The recipient's claim is sealed."""

    __tablename__ = "share_access"
    __table_args__ = (Index("share_access_by_time", "account_id", "share_id", "at", "id"),)

    account_id: UUID = Field(primary_key=True)
    share_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    at: datetime
    via: str = Field(max_length=16)
    outcome: str = Field(max_length=16)
    tries_left: int | None = None
    sealed_recipient: bytes | None = None
    client: str = Field(max_length=64)
