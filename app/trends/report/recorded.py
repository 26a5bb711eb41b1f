"""That a report was made stands in the patient's audit chain."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from app.audit import Actor, AuditEvent, ChainMissing, append_event
from app.clock import Clock
from app.database import Database
from app.trends.report.page import Paper
from app.web.problems import TokenInvalid

NoteReport = Callable[[UUID, Paper, Actor], Awaitable[None]]
"""Notes a page before it leaves."""


def recorded_in(database: Database, clock: Clock) -> NoteReport:
    """What notes reports in the chain; it raises TokenInvalid for an account that is gone."""

    async def note(account_id: UUID, paper: Paper, actor: Actor) -> None:
        event = AuditEvent(clock(), actor, "report.made", "report", paper)
        try:
            await database.write(account_id, lambda work: append_event(work, account_id, event))
        except ChainMissing:  # the account was erased since the page was asked for
            raise TokenInvalid from None

    return note
