"""Every statement on signals."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update

from app.database import Transaction, is_among, table_of
from app.safety.tables import SignalRow

SIGNAL = table_of(SignalRow)
OF_ACCOUNT = SIGNAL.c.account_id == bindparam("account")


class KeptSignal(NamedTuple):
    """A signal as it lies there."""

    id: UUID
    entry_id: UUID
    revision: int
    sealed: bytes
    created_at: datetime


COLUMNS = tuple(SIGNAL.c[name] for name in KeptSignal._fields)
NEWEST_FIRST = (SIGNAL.c.created_at.desc(), SIGNAL.c.id.desc())
ADD = insert(SIGNAL)
DROP_OF_ENTRIES = delete(SIGNAL).where(OF_ACCOUNT, is_among(SIGNAL.c.entry_id, "ids"))
DROP_ONE = delete(SIGNAL).where(OF_ACCOUNT, SIGNAL.c.id == bindparam("signal"))
DROP_OF_ACCOUNT = delete(SIGNAL).where(OF_ACCOUNT)
OF_ENTRIES = (
    select(*COLUMNS).where(OF_ACCOUNT, is_among(SIGNAL.c.entry_id, "ids")).order_by(*NEWEST_FIRST)
)
ONE = select(*COLUMNS).where(OF_ACCOUNT, SIGNAL.c.id == bindparam("signal"))
LOCK_ONE = ONE.with_for_update()
ALL = select(*COLUMNS).where(OF_ACCOUNT).order_by(*NEWEST_FIRST)
FIRST_PAGE = ALL.limit(bindparam("most"))
CREATED = bindparam("created", type_=SIGNAL.c.created_at.type)
EARLIER = or_(
    SIGNAL.c.created_at < CREATED,
    and_(SIGNAL.c.created_at == CREATED, SIGNAL.c.id < bindparam("signal")),
)
LATER_PAGE = ALL.where(EARLIER).limit(bindparam("most"))
RESEAL = (
    update(SIGNAL)
    .where(OF_ACCOUNT, SIGNAL.c.id == bindparam("signal"))
    .values(sealed=bindparam("to_sealed"), revision=bindparam("to_revision"))
)


async def drop_signals_of_account(transaction: Transaction, account_id: UUID) -> None:
    """Remove every signal of an account, when it is erased."""
    await transaction.execute(DROP_OF_ACCOUNT, {"account": account_id})


async def add_signal(transaction: Transaction, account_id: UUID, signal: KeptSignal) -> None:
    """Keep a new signal."""
    await transaction.execute(ADD, {"account_id": account_id, **signal._asdict()})


async def reseal_signal(
    transaction: Transaction, account_id: UUID, signal_id: UUID, revision: int, sealed: bytes
) -> None:
    """Put a signal's next state in place of the last."""
    bound = {
        "account": account_id,
        "signal": signal_id,
        "to_revision": revision,
        "to_sealed": sealed,
    }
    await transaction.execute(RESEAL, bound)


async def signals_of(
    transaction: Transaction, account_id: UUID, entry_ids: list[UUID]
) -> list[KeptSignal]:
    """Signals of some entries, newest first."""
    rows = await transaction.fetch(OF_ENTRIES, {"account": account_id, "ids": entry_ids})
    return [KeptSignal(*row) for row in rows]


async def drop_signal(transaction: Transaction, account_id: UUID, signal_id: UUID) -> None:
    """Remove one signal."""
    await transaction.execute(DROP_ONE, {"account": account_id, "signal": signal_id})


async def drop_signals_of(
    transaction: Transaction, account_id: UUID, entry_ids: Sequence[UUID]
) -> None:
    """Remove the signals of some entries."""
    await transaction.execute(DROP_OF_ENTRIES, {"account": account_id, "ids": entry_ids})


async def all_signals(transaction: Transaction, account_id: UUID) -> list[KeptSignal]:
    """Every signal of an account, newest first."""
    rows = await transaction.fetch(ALL, {"account": account_id})
    return [KeptSignal(*row) for row in rows]


async def lock_signal(
    transaction: Transaction, account_id: UUID, signal_id: UUID
) -> KeptSignal | None:
    """One signal, kept from others until the commit."""
    row = await transaction.fetch_one(LOCK_ONE, {"account": account_id, "signal": signal_id})
    return KeptSignal(*row) if row else None


async def signal_page(
    transaction: Transaction, account_id: UUID, after: tuple[datetime, UUID] | None, most: int
) -> list[KeptSignal]:
    """Signals of an account, newest first, beginning after a place."""
    bound: dict[str, object] = {"account": account_id, "most": most}
    if after is None:
        rows = await transaction.fetch(FIRST_PAGE, bound)
    else:
        rows = await transaction.fetch(
            LATER_PAGE, bound | {"created": after[0], "signal": after[1]}
        )
    return [KeptSignal(*row) for row in rows]
