"""Whether the service lives, and whether it may be sent requests."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from importlib.metadata import version
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy import Select, column, select, table
from starlette.responses import Response
from typing_extensions import TypeAliasType

from app.database import Database, DatabaseOverloaded, DatabaseUnavailable, Transaction
from app.model import Model
from app.web.answers import json_answer
from app.web.identity import PUBLIC
from app.web.provide import provided
from app.web.routing import StrictRoute

ANSWER_SECONDS = 1.0
RETRY = {"Retry-After": "1"}
REVISION: Select[Any] = select(column("version_num")).select_from(table("alembic_version"))
RESTORING: Select[Any] = select(column("id")).select_from(table("restoration"))
router = APIRouter(route_class=StrictRoute, tags=["Health"])


class HealthReport(Model):
    """The process answers."""

    status: Literal["ok"]


Readiness = TypeAliasType("Readiness", Literal["ready", "not_ready"])


class ReadinessReport(Model):
    """Whether requests are welcome, and if not, the check that failed."""

    status: Readiness
    failing: Annotated[str, Field(max_length=32)] | None = None
    """The first failing check: `database`, `migrations`, `restoring`, `erasures`, `keys` or
    `stopping`.
    """
    time_zones: Annotated[str, Field(max_length=32)]
    """Version of the time zone database in force."""


class Health:
    """What readiness looks at."""

    def __init__(
        self,
        database: Database,
        newest_revision: str,
        duties: Mapping[str, Callable[[], Awaitable[bool]]] | None = None,
    ) -> None:
        """`newest_revision`: the migration this code was written for.

        `duties`: what must have been done since the start, by the name of its check.
        """
        self._duties = duties or {}
        self._database = database
        self._newest = newest_revision
        self._stopping = False

    def stop(self) -> None:
        """From now on requests are not welcome."""
        self._stopping = True

    async def failing(self) -> str | None:
        """The first check that fails, or None."""
        if self._stopping:
            return "stopping"
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._database.read(None, self._look)
        except (DatabaseOverloaded, DatabaseUnavailable, TimeoutError):
            return "database"

    async def _look(self, transaction: Transaction) -> str | None:
        revision = await transaction.fetch_one(REVISION)
        if revision is None or revision[0] != self._newest:
            return "migrations"
        return "restoring" if await transaction.fetch_one(RESTORING) else None

    async def undone(self) -> str | None:
        """The first duty that is not done, or None."""
        for name, is_done in self._duties.items():
            if not await is_done():
                return name
        return None


@router.get("/healthz", operation_id="getHealth", response_model=HealthReport, openapi_extra=PUBLIC)
async def get_health() -> Response:
    """Tell that the process answers. It touches nothing."""
    return json_answer(HealthReport(status="ok"))


@router.get(
    "/readyz",
    operation_id="getReadiness",
    response_model=ReadinessReport,
    responses={503: {"model": ReadinessReport, "description": "Not ready"}},
    openapi_extra=PUBLIC,
)
async def get_readiness(health: Annotated[Health, Depends(provided(Health))]) -> Response:
    """Tell whether requests are welcome.

    The database answers within a second, its migrations are current, no restore is under way, the
    ledger of erasures is carried out, and the key ring has every key that rows are under.
    """
    failing = await health.failing() or await health.undone()
    report = ReadinessReport(
        status="not_ready" if failing else "ready",
        failing=failing,
        time_zones=version("tzdata"),
    )
    return json_answer(report, 503, RETRY) if failing else json_answer(report)
