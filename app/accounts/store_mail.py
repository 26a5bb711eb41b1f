"""Every statement on mailed codes and on mails that wait."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, delete, insert, select, update
from sqlalchemy import func as sql

from app.accounts.tables import OutboxRow, PendingCodeRow
from app.database import Transaction, per_engine, table_of

CODE = table_of(PendingCodeRow)
OUTBOX = table_of(OutboxRow)
MOST_IN_ONE_GO = 20
MOST_CODES_IN_ONE_GO = 500

CODE_COLUMNS = (
    "request_id",
    "purpose",
    "email_index",
    "code_hash",
    "tries_left",
    "sealed",
    "created_at",
    "expires_at",
)
REPLACE_CODE = per_engine(
    lambda dialect_insert: (add := dialect_insert(CODE)).on_conflict_do_update(
        index_elements=[CODE.c.purpose, CODE.c.email_index],
        set_={name: add.excluded[name] for name in CODE_COLUMNS},
    )
)
ONE_CODE = (
    CODE.c.request_id == bindparam("request"),
    CODE.c.purpose == bindparam("for_purpose"),
)
COUNT_TRY = (
    update(CODE)
    .where(*ONE_CODE, CODE.c.tries_left > 0)
    .values(tries_left=CODE.c.tries_left - 1)
    .returning(*(CODE.c[name] for name in CODE_COLUMNS))
)
USE_CODE = delete(CODE).where(*ONE_CODE)
DROP_CODES_OF = delete(CODE).where(CODE.c.email_index == bindparam("to_index"))
# Codes that somebody holds stay for the next time.
ENDED_CODES = (
    select(CODE.c.request_id)
    .where(CODE.c.expires_at <= bindparam("before"))
    .limit(bindparam("most", type_=BigInteger))
    .with_for_update(skip_locked=True)
)
DROP_ENDED_CODES = delete(CODE).where(CODE.c.request_id.in_(ENDED_CODES))
ADD_MAIL = insert(OUTBOX)
DUE = (
    select(OUTBOX.c.id, OUTBOX.c.sealed, OUTBOX.c.created_at, OUTBOX.c.tries)
    .where(OUTBOX.c.next_try_at <= bindparam("now"))
    .order_by(OUTBOX.c.next_try_at)
    .limit(MOST_IN_ONE_GO)
)
OLDEST = select(sql.min(OUTBOX.c.created_at))
CLAIM = (
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("mail"), OUTBOX.c.tries == bindparam("tried"))
    .values(tries=OUTBOX.c.tries + 1, next_try_at=bindparam("to_next_try_at"))
)
DROP_MAILS_TO = delete(OUTBOX).where(OUTBOX.c.email_index == bindparam("to_index"))
DROP_MAIL = delete(OUTBOX).where(OUTBOX.c.id == bindparam("mail"))


class PendingCode(NamedTuple):
    """A mailed code that waits, as it lies there."""

    request_id: UUID
    purpose: str
    email_index: bytes
    code_hash: str
    tries_left: int
    sealed: bytes
    created_at: datetime
    expires_at: datetime


class WaitingMail(NamedTuple):
    """A mail that waits to be sent."""

    id: UUID
    sealed: bytes
    created_at: datetime
    tries: int


async def replace_code(transaction: Transaction, code: PendingCode) -> None:
    """Keep a code in place of the address's former one."""
    await transaction.execute(REPLACE_CODE, code._asdict())


async def count_try(transaction: Transaction, request_id: UUID, purpose: str) -> PendingCode | None:
    """Take one of the tries before anything is compared; None when there is none to take."""
    key = {"request": request_id, "for_purpose": purpose}
    row = await transaction.fetch_one(COUNT_TRY, key)
    return None if row is None else PendingCode(*row)


async def use_code(transaction: Transaction, request_id: UUID, purpose: str) -> bool:
    """Take the code away; False when another request did so before."""
    key = {"request": request_id, "for_purpose": purpose}
    return await transaction.execute(USE_CODE, key) == 1


async def drop_codes_of(transaction: Transaction, email_index: bytes) -> None:
    """Forget every code that waits for an address."""
    await transaction.execute(DROP_CODES_OF, {"to_index": email_index})


async def drop_ended_codes(transaction: Transaction, before: datetime) -> int:
    """Forget codes that ended before an instant, at most 500; how many."""
    row = {"before": before, "most": MOST_CODES_IN_ONE_GO}
    return await transaction.execute(DROP_ENDED_CODES, row)


async def add_mail(
    transaction: Transaction, mail_id: UUID, email_index: bytes, sealed: bytes, at: datetime
) -> None:
    """Let a mail wait; it is due at once. `email_index`: of the address it goes to."""
    row = {"id": mail_id, "email_index": email_index, "sealed": sealed}
    await transaction.execute(ADD_MAIL, {**row, "created_at": at, "next_try_at": at, "tries": 0})


async def drop_mails_to(transaction: Transaction, email_index: bytes) -> None:
    """Give up every mail that waits for an address."""
    await transaction.execute(DROP_MAILS_TO, {"to_index": email_index})


async def due_mails(transaction: Transaction, now: datetime) -> list[WaitingMail]:
    """Mails whose time has come, at most 20."""
    return [WaitingMail(*row) for row in await transaction.fetch(DUE, {"now": now})]


async def oldest_mail(transaction: Transaction) -> datetime | None:
    """Since when the oldest mail waits; None when none does."""
    row = await transaction.fetch_one(OLDEST)
    return row[0] if row else None


async def claim_mail(transaction: Transaction, mail: WaitingMail, next_try_at: datetime) -> bool:
    """Take a mail until `next_try_at`; False when another worker was faster."""
    row = {"mail": mail.id, "tried": mail.tries, "to_next_try_at": next_try_at}
    return await transaction.execute(CLAIM, row) == 1


async def drop_mail(transaction: Transaction, mail_id: UUID) -> None:
    """It was sent, or it is given up."""
    await transaction.execute(DROP_MAIL, {"mail": mail_id})
