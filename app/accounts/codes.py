"""Mailed codes: eight digits that work once, for minutes, and only the newest of an address."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from app.accounts import store_mail as store
from app.accounts.equipment import Equipment
from app.accounts.refusals import CodeRefused
from app.accounts.store_mail import PendingCode
from app.clock import Clock
from app.database import Database, Transaction
from app.vault import Place, SealBroken

CODE_DIGITS = 8
TRIES = 5
KEPT = timedelta(days=1)
"""How long a code that ended stays: a clock that runs ahead must take no living one away."""


class MailedCodes:
    """Codes for one purpose, such as `sign_up`. What waits for the code is sealed with it."""

    def __init__(self, equipment: Equipment, purpose: str) -> None:
        """A code of one purpose serves no other."""
        self._equipment = equipment
        self._purpose = purpose

    async def draw(self, email: str, payload: bytes, now: datetime) -> tuple[PendingCode, str]:
        """A code that may be kept by `store_mail.replace_code`, and its digits.

        Raises BusyHashing.
        """
        digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        request_id = uuid4()
        code = PendingCode(
            request_id=request_id,
            purpose=self._purpose,
            email_index=self._equipment.address_index(email),
            code_hash=await self._equipment.hasher.hash(digits),
            tries_left=TRIES,
            sealed=self._equipment.vault.seal(self._place(request_id), payload),
            created_at=now,
            expires_at=now + self._equipment.spans.code,
        )
        return code, digits

    async def check(self, request_id: UUID, digits: str) -> bytes:
        """What was sealed with the code, if these are its digits.

        A try is taken and committed before the compare, so parallel guesses win nothing. The
        code is still to be used up by `use`. Raises CodeRefused or BusyHashing.
        """
        # Before a try is taken that nobody would judge.
        await self._equipment.hasher.refuse_if_full()
        code = await self._equipment.database.write(
            None, lambda transaction: self._take_try(transaction, request_id)
        )
        fits = await self._equipment.hasher.verify(digits, code and code.code_hash)
        if code is None:
            raise CodeRefused
        if not fits:
            raise CodeRefused().about_address(code.email_index)
        try:
            return self._equipment.vault.open(self._place(request_id), code.sealed)
        except SealBroken:  # the vault has told it; a new code brings it along anew
            raise CodeRefused from None

    async def use(self, transaction: Transaction, request_id: UUID) -> None:
        """Take the code away, in the transaction that does what it was for.

        Raises CodeRefused when another request, or a newer code, was faster.
        """
        if not await store.use_code(transaction, request_id, self._purpose):
            raise CodeRefused

    async def _take_try(self, transaction: Transaction, request_id: UUID) -> PendingCode | None:
        """The code, unless it is out of tries or does not live; one that does not goes for good."""
        code = await store.count_try(transaction, request_id, self._purpose)
        now = self._equipment.clock()
        if code is None or self._equipment.spans.code_lives(code.expires_at, now):
            return code
        await store.use_code(transaction, request_id, self._purpose)
        return None

    def _place(self, request_id: UUID) -> Place:
        return Place("pending_code", self._purpose, None, str(request_id))


async def forget_ended_codes(database: Database, clock: Clock) -> int:
    """Forget codes that nobody used, with what waited for them; how many there were.

    Some at a time: whoever writes meanwhile waits for no more than those.
    """
    before, gone = clock() - KEPT, 0
    while dropped := await database.write(None, lambda work: store.drop_ended_codes(work, before)):
        gone += dropped
    return gone
