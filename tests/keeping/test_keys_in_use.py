"""Every number of a key that rows are under is found, whoever's rows they are."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import insert

from app.database import Transaction, open_database, table_of
from app.keeping.store_keys import keys_in_use
from app.vault.sealed_columns import number_bytes
from app.vault.tables import PatientKeyRow

pytestmark = pytest.mark.anyio
ADD = insert(table_of(PatientKeyRow))
NUMBERS = [1, 2, 0xFF, 0x100, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
PATIENTS_OF_EACH = 3


async def test_every_number_is_found_once_its_rows_are_there(own_url: str) -> None:
    database = await open_database(own_url)
    found = frozenset[int]()
    try:
        for number in NUMBERS:
            assert await database.read(None, keys_in_use) == found
            for _ in range(PATIENTS_OF_EACH):
                account = uuid4()
                row = {
                    "account_id": account,
                    "version": 1,
                    "wrapped": b"\x01" + number_bytes(number) + bytes(16),
                    "created_at": datetime.now(UTC),
                }

                async def add(transaction: Transaction, row: dict[str, object] = row) -> None:
                    await transaction.execute(ADD, row)

                await database.write(account, add)
            found |= {number}
        assert await database.read(None, keys_in_use) == found
    finally:
        await database.close()
