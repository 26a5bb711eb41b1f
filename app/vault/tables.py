"""What the disk sees of patients' keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from app.database.rows import StoredRow


class PatientKeyRow(StoredRow, table=True):
    """One version of a patient's data key, wrapped by a key of the ring."""

    __tablename__ = "patient_key"
    __table_args__ = (Index("patient_key_by_number", text("substr(wrapped, 2, 4)")),)

    account_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    wrapped: bytes
    created_at: datetime
