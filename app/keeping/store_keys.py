"""Which keys of the ring rows are under: of patients' keys, and of the secrets of devices."""

from sqlalchemy import Select, select, union

from app.accounts.store_sealed import DEVICE, UNDER_SERVICE
from app.database import Lookup, Transaction
from app.vault.store import UNDER_KEK

SECRETS = next(each for each in UNDER_SERVICE if each.column.table is DEVICE)
IN_USE = union(*(select(each.number.label("number")) for each in (UNDER_KEK, SECRETS))).subquery()
PLAIN: Select[tuple[bytes]] = select(IN_USE.c.number)
KEYS_IN_USE = Lookup("lookup_keys_in_use", PLAIN, [])


async def keys_in_use(transaction: Transaction) -> frozenset[int]:
    """The numbers of these keys, seen through every wall."""
    rows = await transaction.fetch(KEYS_IN_USE)
    return frozenset(int.from_bytes(row[0], "big") for row in rows)
