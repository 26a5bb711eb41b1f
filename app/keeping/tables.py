"""What the disk sees of a restore that is not over."""

from datetime import datetime

from sqlmodel import Field

from app.database.rows import StoredRow


class RestorationRow(StoredRow, table=True):
    """While this row is there, the database is not ready to be served. There is one at most."""

    __tablename__ = "restoration"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    began_at: datetime
    times: int = Field(sa_column_kwargs={"server_default": "1"})
