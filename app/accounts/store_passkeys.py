"""Every statement on passkeys and on proofs that were used."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update

from app.accounts.tables import PasskeyRow, SpentProofRow
from app.database import Lookup, Transaction, per_engine, table_of

PASSKEY = table_of(PasskeyRow)
SPENT = table_of(SpentProofRow)

COUNT = PASSKEY.c.sign_count.type
OF_ACCOUNT = PASSKEY.c.account_id == bindparam("account")
ONE = (OF_ACCOUNT, PASSKEY.c.id == bindparam("passkey"))
PASSKEY_COLUMNS = (
    PASSKEY.c.account_id,
    PASSKEY.c.id,
    PASSKEY.c.credential_id,
    PASSKEY.c.public_key,
    PASSKEY.c.sign_count,
    PASSKEY.c.sealed_name,
    PASSKEY.c.created_at,
    PASSKEY.c.used_at,
)
FIND_PASSKEY = Lookup(
    "lookup_passkey",
    select(*PASSKEY_COLUMNS).where(PASSKEY.c.credential_id == bindparam("credential")),
    ["credential"],
)
ALL = select(*PASSKEY_COLUMNS).where(OF_ACCOUNT).order_by(PASSKEY.c.created_at, PASSKEY.c.id)
ADD = insert(PASSKEY)
DROP = delete(PASSKEY).where(*ONE)
ERASE = delete(PASSKEY).where(OF_ACCOUNT)
# Authenticators that do not count always say 0; every other one counts up.
COUNT_UP = (
    update(PASSKEY)
    .where(
        *ONE,
        or_(
            PASSKEY.c.sign_count < bindparam("count", type_=COUNT),
            and_(PASSKEY.c.sign_count == 0, bindparam("count", type_=COUNT) == 0),
        ),
    )
    .values(sign_count=bindparam("count", type_=COUNT), used_at=bindparam("to_used_at"))
)
SPEND = per_engine(lambda dialect_insert: dialect_insert(SPENT).on_conflict_do_nothing())
SWEEP = delete(SPENT).where(SPENT.c.ends_at <= bindparam("before"))


class StoredPasskey(NamedTuple):
    """A passkey as it lies there."""

    account_id: UUID
    id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    sealed_name: bytes
    created_at: datetime
    used_at: datetime | None = None


async def find_passkey(transaction: Transaction, credential_id: bytes) -> StoredPasskey | None:
    """The passkey of a credential, before the account is known."""
    row = await transaction.fetch_one(FIND_PASSKEY, {"credential": credential_id})
    return None if row is None else StoredPasskey(*row)


async def load_passkeys(transaction: Transaction, account_id: UUID) -> list[StoredPasskey]:
    """All of an account, the oldest first."""
    rows = await transaction.fetch(ALL, {"account": account_id})
    return [StoredPasskey(*row) for row in rows]


async def add_passkey(transaction: Transaction, passkey: StoredPasskey) -> None:
    """Keep a new one. The transaction fails with UniqueViolation for a known credential."""
    await transaction.execute(ADD, passkey._asdict())


async def drop_passkey(transaction: Transaction, account_id: UUID, passkey_id: UUID) -> bool:
    """Forget one; False when the account has no such passkey."""
    return await transaction.execute(DROP, {"account": account_id, "passkey": passkey_id}) == 1


async def erase_passkeys(transaction: Transaction, account_id: UUID) -> None:
    """Forget all of an account."""
    await transaction.execute(ERASE, {"account": account_id})


async def count_up(
    transaction: Transaction, passkey: StoredPasskey, count: int, now: datetime
) -> bool:
    """Take the counter of a use over; False when it does not go up: there is a copy of the key."""
    key = {"account": passkey.account_id, "passkey": passkey.id}
    return await transaction.execute(COUNT_UP, {**key, "count": count, "to_used_at": now}) == 1


async def spend(transaction: Transaction, fingerprint: bytes, ends_at: datetime) -> bool:
    """Use up a proof that works once; False when it was used before."""
    row = {"fingerprint": fingerprint, "ends_at": ends_at}
    return await transaction.execute(SPEND, row) == 1


async def forget_spent(transaction: Transaction, before: datetime) -> None:
    """Forget used proofs that ended before this instant and are refused for their age."""
    await transaction.execute(SWEEP, {"before": before})
