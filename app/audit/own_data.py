"""The chain as its patient carries it off."""

from collections.abc import AsyncIterator
from uuid import UUID

from app.audit.chain import Link
from app.audit.schemas import AuditEvent
from app.audit.store_pages import WHOLE
from app.database import Snapshot


async def own_events(snapshot: Snapshot, account_id: UUID) -> AsyncIterator[AuditEvent]:
    """Every event of an account, newest first, as `listAuditEvents` tells it."""
    async for rows in snapshot.chunks(WHOLE, {"account": account_id}):
        for row in rows:
            yield AuditEvent.of(Link(*row), None)
