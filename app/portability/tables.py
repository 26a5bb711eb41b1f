"""What the disk sees of imports: which entries each one made, so that it can be undone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from app.database.rows import StoredRow


class ImportRow(StoredRow, table=True):
    """One import; the parts of a file that was split share it."""

    __tablename__ = "import"

    account_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    diary: str = Field(max_length=16)
    created_at: datetime
    undone_at: datetime | None = None


class ImportedEntryRow(StoredRow, table=True):
    """An entry that an import made. `origin_id` stays the same when a row is brought in again."""

    __tablename__ = "imported_entry"
    __table_args__ = (Index("imported_entry_by_origin", "account_id", "origin_id"),)

    account_id: UUID = Field(primary_key=True)
    import_id: UUID = Field(primary_key=True)
    entry_id: UUID = Field(primary_key=True)
    origin_id: UUID
    revision: int = Field(sa_type=BigInteger)
    undone: bool = False
