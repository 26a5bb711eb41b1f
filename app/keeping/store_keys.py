"""Which keys of the ring rows are under: of patients' keys, and of the secrets of devices."""

from sqlalchemy import ScalarSelect, Select, select, union

from app.accounts.store_sealed import DEVICE, UNDER_SERVICE
from app.database import Lookup, Transaction
from app.vault.sealed_columns import SealedColumn
from app.vault.store import UNDER_KEK

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


async def keys_in_use(transaction: Transaction) -> frozenset[int]:
    """The numbers of these keys, seen through every wall."""
    rows = await transaction.fetch(KEYS_IN_USE)
    return frozenset(int.from_bytes(row[0], "big") for row in rows)
