"""Whether the service lives, and whether it may be sent requests."""

import asyncio
from importlib.metadata import version
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy import Select, column, select, table
from starlette.responses import Response
from typing_extensions import TypeAliasType

from app.database import Database, DatabaseOverloaded, DatabaseUnavailable, Transaction
from app.web.answers import json_answer
from app.web.identity import PUBLIC
from app.web.provide import provided
from app.web.routing import StrictRoute

ANSWER_SECONDS = 1.0
REVISION: Select[Any] = select(column("version_num")).select_from(table("alembic_version"))
router = APIRouter(route_class=StrictRoute, tags=["Health"])


class HealthReport(BaseModel):
    """The process answers."""

    status: Literal["ok"]


Readiness = TypeAliasType("Readiness", Literal["ready", "not_ready"])


class ReadinessReport(BaseModel):
    """Whether requests are welcome, and if not, the check that failed."""

    status: Readiness
    failing: Annotated[str, Field(max_length=32)] | None = None
    """Name of the first failing check: `database`, `migrations` or `stopping`."""
    time_zones: Annotated[str, Field(max_length=32)]
    """Version of the time zone database in force."""


class Health:
    """What readiness looks at."""

    def __init__(self, database: Database, newest_revision: str) -> None:
        """`newest_revision`: the migration this code was written for."""
        self._database = database
        self._newest = newest_revision
        self.stopping = False

    async def failing(self) -> str | None:
        """The first check that fails, or None."""
        if self.stopping:
            return "stopping"
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                revision = await self._database.read(None, _revision)
        except (DatabaseOverloaded, DatabaseUnavailable, TimeoutError):
            return "database"
        return None if revision == self._newest else "migrations"


async def _revision(transaction: Transaction) -> str | None:
    row = await transaction.fetch_one(REVISION)
    return row[0] if row else None


@router.get("/healthz", operation_id="getHealth", response_model=HealthReport, openapi_extra=PUBLIC)
async def get_health() -> Response:
    """Tell that the process answers. It touches nothing."""
    return json_answer(HealthReport(status="ok"))


@router.get(
    "/readyz",
    operation_id="getReadiness",
    response_model=ReadinessReport,
    responses={503: {"model": ReadinessReport, "description": "Not ready."}},
    openapi_extra=PUBLIC,
)
async def get_readiness(health: Annotated[Health, Depends(provided(Health))]) -> Response:
    """Tell whether requests are welcome: the database answers and its migrations are current."""
    failing = await health.failing()
    report = ReadinessReport(
        status="not_ready" if failing else "ready",
        failing=failing,
        time_zones=version("tzdata"),
    )
    return json_answer(report, 503 if failing else 200)
