"""What the disk sees of a journal: who wrote when, and sealed bytes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from app.database.rows import StoredRow


class JournalRow(StoredRow, table=True):
    """The head of one patient's journal. Every writer locks it first."""

    __tablename__ = "journal"

    account_id: UUID = Field(primary_key=True)
    epoch: int = 0
    head: int = Field(default=1, sa_type=BigInteger)


class EntryRow(StoredRow, table=True):
    """The newest state of one entry; content columns are empty in a tombstone."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("account_id", "revision", name="entry_feed"),
        Index("entry_by_time", "account_id", "occurred_at", "id"),
        Index("entry_by_day", "account_id", "local_date"),
    )

    account_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    kind: str | None = Field(default=None, max_length=16)
    occurred_at: datetime | None = None
    local_date: date | None = None
    revision: int = Field(sa_type=BigInteger)
    deleted: bool
    device_id: str | None = Field(default=None, max_length=64)
    sealed: bytes | None = None
    created_at: datetime
    updated_at: datetime


class EntryVersionRow(StoredRow, table=True):
    """One effective change of an entry, the newest included; wiped when the entry is deleted."""

    __tablename__ = "entry_version"
    __table_args__ = (
        Index("entry_version_by_device", "account_id", "entry_id", "device_id", "revision"),
    )

    account_id: UUID = Field(primary_key=True)
    entry_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True, sa_type=BigInteger)
    device_id: str | None = Field(default=None, max_length=64)
    deleted: bool
    sealed: bytes | None = None
    created_at: datetime


class MonthRow(StoredRow):
    """What is kept of one month's entries, as they stood at a revision: a cache of them."""

    account_id: UUID = Field(primary_key=True)
    month: date = Field(primary_key=True)
    version: int
    epoch: int
    revision: int = Field(sa_type=BigInteger)
    sealed: bytes


class DigestRow(MonthRow, table=True):
    """What trends need of each entry of a month."""

    __tablename__ = "digest"


class DayTableRow(MonthRow, table=True):
    """What the days of a month amount to."""

    __tablename__ = "day_table"


class ReadyAnswerRow(StoredRow, table=True):
    """A finished answer of the trends, as the journal and the profile stood: a cache of both."""

    __tablename__ = "ready_answer"

    account_id: UUID = Field(primary_key=True)
    question: str = Field(primary_key=True, max_length=43)
    epoch: int
    head: int = Field(sa_type=BigInteger)
    profile_revision: int
    version: str = Field(max_length=64)
    serial: int = Field(sa_type=BigInteger)
    sealed: bytes
