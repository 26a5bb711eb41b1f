"""What clients of the usual application send and see."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field as Limited
from sqlmodel import SQLModel

from benchmarks.usual_tables import UsualEntry

RATINGS = ("score", "level", "intensity", "worst_distress")


class EntryIn(SQLModel):
    """A new entry of any kind."""

    id: UUID
    kind: str
    occurred_at: datetime
    time_zone: str
    note: str | None = Limited(default=None, max_length=2000)
    score: float | None = Limited(default=None, ge=0, le=10)
    level: float | None = Limited(default=None, ge=0, le=10)
    emotions: list[str] | None = None

    def stored(self, account_id: UUID, revision: int, now: datetime) -> UsualEntry:
        """The row of it."""
        return UsualEntry(
            id=self.id,
            account_id=account_id,
            kind=self.kind,
            occurred_at=self.occurred_at,
            time_zone=self.time_zone,
            local_date=self.occurred_at.date(),
            value=self.score if self.kind == "mood" else self.level,
            note=self.note,
            details={"emotions": self.emotions},
            revision=revision,
            created_at=now,
            updated_at=now,
        )


class EntryOut(SQLModel):
    """An entry as it is read."""

    id: UUID
    kind: str
    occurred_at: datetime
    time_zone: str
    local_date: date
    value: float | None
    note: str | None
    details: dict[str, Any]  # JSON of any shape
    revision: int
    created_at: datetime
    updated_at: datetime


class EntriesOut(SQLModel):
    """A page."""

    items: list[EntryOut]


class ChangeIn(SQLModel):
    """One change of a push."""

    id: UUID
    op: str
    base_revision: int = 0
    data: dict[str, Any]  # judged as an EntryIn

    def entry(self) -> EntryIn:
        """The entry in it."""
        return EntryIn.model_validate({**self.data, "id": self.id})


class PushIn(SQLModel):
    """A push."""

    device_id: str
    changes: list[ChangeIn]


class ResultOut(SQLModel):
    """What became of one change."""

    id: UUID
    status: str
    entry: EntryOut

    @classmethod
    def of(cls, entry: UsualEntry) -> Self:
        """An applied one."""
        out = EntryOut.model_validate(entry, from_attributes=True)
        return cls(id=entry.id, status="applied", entry=out)


class ResultsOut(SQLModel):
    """The answer to a push."""

    results: list[ResultOut]


class ChangesOut(SQLModel):
    """The answer to a pull."""

    changes: list[EntryOut]
    cursor: int
    has_more: bool


class DayOut(SQLModel):
    """One row of a daily trend."""

    date: date
    n: int
    value: float | None = None
    min: float | None = None
    max: float | None = None
    rolling_median_7: float | None = None


class DailyOut(SQLModel):
    """A daily trend."""

    metric: str
    days: list[DayOut]


class MetricOut(SQLModel):
    """One metric of a summary."""

    metric: str
    n_days: int
    this_week: float | None
    last_week: float | None
    slope: float | None


class SummaryOut(SQLModel):
    """A summary."""

    metrics: list[MetricOut]


class AroundOut(SQLModel):
    """A day relative to the sessions."""

    day: int
    n: int
    median: float


class ResponseOut(SQLModel):
    """The days around the sessions."""

    sessions: int
    days: list[AroundOut]
