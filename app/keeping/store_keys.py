"""Which keys of the ring rows are under: of patients' keys, and of the secrets of devices.

These are look-ups, for the service's own user sees no row of a patient before one is named. Which
accounts have no key at all is for those to ask who see every row.
"""

from uuid import UUID

from sqlalchemy import ScalarSelect, Select, bindparam, exists, select, union
from sqlalchemy import func as sql

from app.accounts.store_sealed import ACCOUNT, DEVICE, UNDER_SERVICE
from app.database import Lookup, Transaction
from app.vault.sealed_columns import Cells, SealedColumn
from app.vault.store import KEY, UNDER_KEK

TRIED = 20
"""So many keys that do not open are no accident: all rings begin with the same numbers."""

SECRETS = next(each for each in UNDER_SERVICE if each.column.table is DEVICE)


def _numbers(column: SealedColumn) -> Select[tuple[bytes]]:
    """Each number once: from one to the next by the index, however many rows are under it."""
    number = column.number

    def next_one(above: Select[tuple[bytes]]) -> ScalarSelect[bytes]:
        return above.order_by(number).limit(1).scalar_subquery()

    found = select(next_one(select(number)).label("number")).cte(recursive=True)
    more = next_one(select(number).where(number > found.c.number).correlate(found))
    found = found.union_all(select(more).where(found.c.number.is_not(None)))
    return select(found.c.number).where(found.c.number.is_not(None))


IN_USE = union(*(_numbers(each) for each in (UNDER_KEK, SECRETS))).subquery()
PLAIN: Select[tuple[bytes]] = select(IN_USE.c.number)
KEYS_IN_USE = Lookup("lookup_keys_in_use", PLAIN, [])
FIRST_KEYS = Lookup(
    "lookup_first_patient_keys",
    select(KEY.c.account_id, KEY.c.version, KEY.c.wrapped)
    .order_by(KEY.c.account_id, KEY.c.version)
    .limit(TRIED),
    [],
)

KEYLESS = (
    select(sql.count())
    .select_from(ACCOUNT)
    .where(~exists().where(KEY.c.account_id == ACCOUNT.c.account_id))
)

ANY_OF = union(
    *(
        select(of.c.account_id).where(of.c.account_id == bindparam("account"))
        for of in (ACCOUNT, KEY)
    )
)


async def keys_in_use(transaction: Transaction) -> frozenset[int]:
    """The numbers of these keys, seen through every wall."""
    rows = await transaction.fetch(KEYS_IN_USE)
    return frozenset(int.from_bytes(row[0], "big") for row in rows)


async def first_patient_keys(transaction: Transaction) -> list[Cells]:
    """Up to 20 wrapped keys, by the ids of their patients."""
    return [UNDER_KEK.cells(row) for row in await transaction.fetch(FIRST_KEYS)]


async def accounts_without_key(transaction: Transaction) -> int:
    """How many accounts have no version of a key, so that nothing of theirs opens."""
    row = await transaction.fetch_one(KEYLESS)
    return int(row[0]) if row else 0


async def is_there(transaction: Transaction, account_id: UUID) -> bool:
    """Whether an account has its row or a key; one that was erased has neither."""
    return await transaction.fetch_one(ANY_OF, {"account": account_id}) is not None
