"""Refused ways in: the patient is told in the audit chain, once the answer is out.

So the time until the answer tells a stranger nothing of whether there is an account.
"""

import logging
from collections.abc import Awaitable
from uuid import UUID

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.equipment import Equipment
from app.accounts.refusals import WayRefused
from app.accounts.store_accounts import find_account
from app.audit import Actor, AuditAction, AuditEvent, ChainMissing, append_event
from app.database import DatabaseOverloaded, DatabaseUnavailable
from app.web.exchange import exchange_of
from app.web.problem_answers import problem_answer

LOG = logging.getLogger(__name__)


class Attempts:
    """Notes what was refused; one object a process."""

    def __init__(self, equipment: Equipment) -> None:
        """One a process."""
        self._equipment = equipment

    async def answered(
        self, request: Request, action: AuditAction, way: Awaitable[Response]
    ) -> Response:
        """The answer of a way in; a refusal about a known account is noted after it."""
        try:
            return await way
        except WayRefused as refusal:
            answer = problem_answer(refusal, request.scope)
            if refusal.account_id is not None or refusal.email_index is not None:
                request_id = exchange_of(request.scope).request_id
                answer.background = BackgroundTask(self._note, refusal, action, request_id)
            return answer

    async def _note(self, refusal: WayRefused, action: AuditAction, request_id: str) -> None:
        try:
            account_id = refusal.account_id or await self._account_of(refusal.email_index or b"")
            if account_id is None:
                return
            actor = Actor("service", "", request_id)
            now, named = self._equipment.clock(), str(account_id)
            event = AuditEvent(now, actor, action, "account", named, "refused")
            await self._equipment.database.write(
                account_id,
                lambda transaction: append_event(transaction, account_id, event),
                brief=True,
            )
        except (ChainMissing, DatabaseOverloaded, DatabaseUnavailable) as fault:
            LOG.warning("a refused way in was not noted: %s", type(fault).__name__)

    async def _account_of(self, email_index: bytes) -> UUID | None:
        account = await self._equipment.database.read(
            None, lambda transaction: find_account(transaction, email_index)
        )
        return account and account.account_id
