"""Patients' keys: made once, wrapped for one account, gone after erasure."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, delete, update

from app.database import Database, Transaction, table_of
from app.vault import KeyRing, PatientKeys, Place, SealBroken, Vault
from app.vault.envelope import HEADER_BYTES, key_number
from app.vault.ring_keys import new_ring_text
from app.vault.tables import PatientKeyRow
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
KEY = table_of(PatientKeyRow)
RING = new_ring_text()


def a_vault(clock: SetClock) -> Vault:
    return Vault(KeyRing.from_text(RING), clock)


def place(account: UUID) -> Place:
    return Place("entry", "content", account, str(account), 1)


async def test_another_process_opens_what_this_one_sealed(
    database: Database, clock: SetClock
) -> None:
    account, vault, other = uuid4(), a_vault(clock), a_vault(clock)

    async def make(transaction: Transaction) -> bytes:
        keys = await vault.make_patient(transaction, account)
        return keys.seal(place(account), b"text")

    async def read(transaction: Transaction) -> bytes:
        return (await other.patient(transaction, account)).open(place(account), sealed)

    sealed = await database.write(account, make)
    assert await database.read(account, read) == b"text"


async def test_a_wrapped_key_serves_no_other_account(
    database: Database, everything: Database, clock: SetClock
) -> None:
    mine, other, vault = uuid4(), uuid4(), a_vault(clock)
    move = update(KEY).where(KEY.c.account_id == bindparam("mine")).values(account_id=other)

    async def make(transaction: Transaction) -> None:
        await vault.make_patient(transaction, mine)
        await transaction.execute(move, {"mine": mine})

    async def read(transaction: Transaction) -> None:
        await vault.patient(transaction, other)

    await everything.write(mine, make)
    with pytest.raises(SealBroken):
        await database.read(other, read)


async def test_a_forgotten_patient_whose_key_is_gone_opens_nothing(
    database: Database, clock: SetClock
) -> None:
    account, vault = uuid4(), a_vault(clock)
    erase = delete(KEY).where(KEY.c.account_id == bindparam("account"))

    async def make(transaction: Transaction) -> None:
        await vault.make_patient(transaction, account)

    async def load(transaction: Transaction) -> None:
        await vault.patient(transaction, account)

    async def remove(transaction: Transaction) -> None:
        await transaction.execute(erase, {"account": account})

    await database.write(account, make)
    await database.read(account, load)
    await database.write(account, remove)
    vault.forget(account)
    with pytest.raises(SealBroken):
        await database.read(account, load)


def test_equal_subjects_share_a_blind_index_within_one_use_alone(clock: SetClock) -> None:
    vault = a_vault(clock)
    assert vault.blind_index("email", "a@b.example") == vault.blind_index("email", "a@b.example")
    assert vault.blind_index("email", "a@b.example") != vault.blind_index("log", "a@b.example")


def test_many_boxes_open_as_each_alone_and_nowhere_else() -> None:
    keys = PatientKeys(uuid4(), {1: b"a" * 32, 3: b"b" * 32}, sealing=1)
    newer = PatientKeys(keys.account_id, {3: b"b" * 32})
    places = [Place("entry", "content", keys.account_id, str(uuid4()), n) for n in (1, 999)]
    boxes = [
        (of.row.encode(), of.revision, by.seal(of, text))
        for of, by, text in zip(places, (keys, newer), (b"", b"x" * 300), strict=True)
    ]
    column = ("entry", "content")
    assert keys.open_each(column, boxes) == [b"", b"x" * 300]
    (row, revision, sealed), other = boxes
    elsewhere = PatientKeys(uuid4(), {1: b"a" * 32})
    for reader, where, box in (
        (keys, column, (other[0], revision, sealed)),
        (keys, column, (row, revision + 1, sealed)),
        (keys, column, (row, revision, sealed[:-1] + bytes([sealed[-1] ^ 1]))),
        (keys, column, (row, revision, b"")),
        (keys, ("entry", "draft"), boxes[0]),
        (elsewhere, column, boxes[0]),
        (elsewhere, column, other),
    ):
        with pytest.raises(SealBroken):
            reader.open_each(where, [box])


def test_many_texts_are_sealed_as_each_alone() -> None:
    keys = PatientKeys(uuid4(), {1: b"a" * 32, 3: b"b" * 32}, sealing=1)
    column = ("entry", "content")
    texts = (b"", b"x" * 300, b"x" * 300)
    rows = [
        (str(uuid4()).encode(), revision, text)
        for revision, text in zip((1, 999, 2**53), texts, strict=True)
    ]
    sealed = keys.seal_each(column, rows)
    for (row, revision, text), box in zip(rows, sealed, strict=True):
        where = Place(*column, keys.account_id, row.decode(), revision)
        assert keys.open(where, box) == text
        assert (key_number(box), len(box)) == (1, len(keys.seal(where, text)))
    assert len({box[5:HEADER_BYTES] for box in sealed}) == len(rows)
    assert keys.seal_each(column, []) == []
