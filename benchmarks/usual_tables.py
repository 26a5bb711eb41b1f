"""The plaintext tables of the usual application."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, Index, MetaData, bindparam, select
from sqlalchemy import func as sql
from sqlmodel import Field, SQLModel

from app.database import table_of


class UsualTable(SQLModel):
    """Tables of their own: they share no metadata with Afterglow's."""

    metadata = MetaData()


class UsualAccount(UsualTable, table=True):
    """A patient."""

    __tablename__ = "usual_account"

    id: UUID = Field(primary_key=True)
    head: int


class UsualToken(UsualTable, table=True):
    """Whose token it is."""

    __tablename__ = "usual_token"

    token_hash: str = Field(primary_key=True)
    account_id: UUID = Field(index=True)


class UsualEntry(UsualTable, table=True):
    """An entry in the clear: what is rated in `value`, whatever else in `details`."""

    __tablename__ = "usual_entry"
    __table_args__ = (
        Index("usual_entry_by_time", "account_id", "occurred_at"),
        Index("usual_entry_by_day", "account_id", "kind", "local_date"),
        Index("usual_entry_by_revision", "account_id", "revision"),
    )

    id: UUID = Field(primary_key=True)
    account_id: UUID
    kind: str
    occurred_at: datetime
    time_zone: str
    local_date: date
    value: float | None = None
    note: str | None = None
    details: dict[str, Any] = Field(sa_column=Column(JSON))  # JSON of any shape
    revision: int
    created_at: datetime
    updated_at: datetime


class UsualShare(UsualTable, table=True):
    """A link to a text that was made when it was created."""

    __tablename__ = "usual_share"

    token_hash: str = Field(primary_key=True)
    account_id: UUID = Field(index=True)
    expires_at: datetime
    openings: int
    content: str


class UsualAccess(UsualTable, table=True):
    """One opening."""

    __tablename__ = "usual_access"

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(index=True)
    recipient: str
    at: datetime


ENTRY, TOKEN, SHARE = table_of(UsualEntry), table_of(UsualToken), table_of(UsualShare)
DAYS = (
    select(
        ENTRY.c.local_date,
        sql.count(),
        sql.avg(ENTRY.c.value),
        sql.min(ENTRY.c.value),
        sql.max(ENTRY.c.value),
    )
    .where(
        ENTRY.c.account_id == bindparam("account"),
        ENTRY.c.kind == bindparam("kind"),
        ENTRY.c.local_date >= bindparam("first"),
        ENTRY.c.local_date <= bindparam("last"),
    )
    .group_by(ENTRY.c.local_date)
    .order_by(ENTRY.c.local_date)
)
OWNER = select(TOKEN.c.account_id).where(TOKEN.c.token_hash == bindparam("token"))
