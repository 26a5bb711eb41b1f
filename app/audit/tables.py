"""What the disk sees of the audit chain."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from app.database.rows import StoredRow


class AuditHead(StoredRow, table=True):
    """The end of an account's chain; locked (after `journal`) by whoever appends."""

    __tablename__ = "audit_head"

    account_id: UUID = Field(primary_key=True)
    seq: int
    hash: bytes
    closed: bool = False


class AuditEventRow(StoredRow, table=True):
    """One link of the chain. Rows are never changed nor removed."""

    __tablename__ = "audit_event"

    account_id: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    prev: bytes
    hash: bytes
    at: datetime
    actor_kind: str = Field(max_length=16)
    actor_id: str = Field(max_length=64)
    action: str = Field(max_length=64)
    object_kind: str = Field(max_length=32)
    object_id: str = Field(max_length=64)
    request_id: str = Field(max_length=64)
    outcome: str = Field(max_length=16)
    digest: bytes


class LeaseRow(StoredRow, table=True):
    """A duty of the whole service, taken by one worker until an instant."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True, max_length=32)
    until: datetime
