"""What the disk sees of safety signals: whose, and sealed bytes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from app.database.rows import StoredRow


class SignalRow(StoredRow, table=True):
    """One signal. Its code, facts and status are sealed; only its place in time is clear."""

    __tablename__ = "signal"
    __table_args__ = (
        Index("signal_by_entry", "account_id", "entry_id"),
        Index("signal_by_time", "account_id", "created_at", "id"),
    )

    account_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    entry_id: UUID
    revision: int
    sealed: bytes
    created_at: datetime
