"""Every statement on accounts, profiles and recovery codes."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update

from app.accounts.tables import AccountRow, ProfileRow, RecoveryCodeRow
from app.database import Lookup, Transaction, table_of

ACCOUNT = table_of(AccountRow)
PROFILE = table_of(ProfileRow)
RECOVERY_CODE = table_of(RecoveryCodeRow)

ACCOUNT_COLUMNS = (
    ACCOUNT.c.account_id,
    ACCOUNT.c.password_hash,
    ACCOUNT.c.locked_at,
    ACCOUNT.c.sealed_email,
    ACCOUNT.c.passkey_required_at,
)
FIND = Lookup(
    "lookup_account",
    select(*ACCOUNT_COLUMNS).where(ACCOUNT.c.email_index == bindparam("email_index")),
    ["email_index"],
)
LOAD = select(*ACCOUNT_COLUMNS).where(ACCOUNT.c.account_id == bindparam("account"))
LOCK = LOAD.with_for_update()
HISTORY = select(ACCOUNT.c.created_at, ACCOUNT.c.recovered_at, ACCOUNT.c.passkey_required_at).where(
    ACCOUNT.c.account_id == bindparam("account")
)
LOCK_INDEX = (
    select(ACCOUNT.c.email_index)
    .where(ACCOUNT.c.account_id == bindparam("account"))
    .with_for_update()
)
SET_LOCKED = (
    update(ACCOUNT)
    .where(ACCOUNT.c.account_id == bindparam("account"))
    .values(locked_at=bindparam("to_locked_at"))
)
ERASURES = tuple(
    delete(table).where(table.c.account_id == bindparam("account"))
    for table in (RECOVERY_CODE, PROFILE, ACCOUNT)
)
ADD = insert(ACCOUNT)
REQUIRE_PASSKEY = (
    update(ACCOUNT)
    .where(ACCOUNT.c.account_id == bindparam("account"))
    .values(passkey_required_at=bindparam("since"))
)
REHASH = (
    update(ACCOUNT)
    .where(ACCOUNT.c.account_id == bindparam("account"))
    .values(password_hash=bindparam("to_hash"))
)
OF_PROFILE = PROFILE.c.account_id == bindparam("account")
LOAD_PROFILE = select(PROFILE.c.revision, PROFILE.c.sealed, PROFILE.c.updated_at).where(OF_PROFILE)
LOCK_PROFILE = LOAD_PROFILE.with_for_update()
ADD_PROFILE = insert(PROFILE)
SAVE_PROFILE = (
    update(PROFILE)
    .where(OF_PROFILE)
    .values(
        revision=bindparam("to_revision"),
        sealed=bindparam("to_sealed"),
        updated_at=bindparam("to_updated_at"),
    )
)
ADD_RECOVERY_CODE = insert(RECOVERY_CODE)


class StoredAccount(NamedTuple):
    """An account as it lies there."""

    account_id: UUID
    password_hash: str
    locked_at: datetime | None
    sealed_email: bytes
    passkey_required_at: datetime | None = None


class AccountHistory(NamedTuple):
    """Since when an account is what it is."""

    created_at: datetime
    recovered_at: datetime | None
    passkey_required_at: datetime | None


class SealedProfile(NamedTuple):
    """A profile as it lies there."""

    revision: int
    sealed: bytes
    updated_at: datetime


async def find_account(transaction: Transaction, email_index: bytes) -> StoredAccount | None:
    """The account of an address, by its blind index."""
    row = await transaction.fetch_one(FIND, {"email_index": email_index})
    return None if row is None else StoredAccount(*row)


async def load_account(transaction: Transaction, account_id: UUID) -> StoredAccount | None:
    """The account."""
    row = await transaction.fetch_one(LOAD, {"account": account_id})
    return None if row is None else StoredAccount(*row)


async def load_history(transaction: Transaction, account_id: UUID) -> AccountHistory | None:
    """When the account was made, recovered last, and began to demand a passkey."""
    row = await transaction.fetch_one(HISTORY, {"account": account_id})
    return None if row is None else AccountHistory(*row)


async def lock_account(transaction: Transaction, account_id: UUID) -> StoredAccount | None:
    """The account, kept from others until the commit: its devices are counted under this lock."""
    row = await transaction.fetch_one(LOCK, {"account": account_id})
    return None if row is None else StoredAccount(*row)


async def add_account(
    transaction: Transaction, account: StoredAccount, email_index: bytes, at: datetime
) -> None:
    """Keep a new account. The transaction fails with UniqueViolation for a known address."""
    row = {**account._asdict(), "email_index": email_index, "created_at": at, "recovered_at": None}
    await transaction.execute(ADD, row)


async def save_password_hash(
    transaction: Transaction, account_id: UUID, password_hash: str
) -> None:
    """Put another hash in place."""
    await transaction.execute(REHASH, {"account": account_id, "to_hash": password_hash})


async def require_passkey(
    transaction: Transaction, account_id: UUID, since: datetime | None
) -> None:
    """Demand a passkey at sign-in, or with None no longer."""
    await transaction.execute(REQUIRE_PASSKEY, {"account": account_id, "since": since})


async def add_recovery_codes(
    transaction: Transaction, account_id: UUID, hashes: Iterable[bytes], at: datetime
) -> None:
    """Keep the hashes of new recovery codes."""
    rows = [{"account_id": account_id, "code_hash": each, "created_at": at} for each in hashes]
    await transaction.execute_many(ADD_RECOVERY_CODE, rows)


async def fetch_profile(
    transaction: Transaction, account_id: UUID, *, lock: bool = False
) -> SealedProfile | None:
    """The profile, kept from others until the commit if `lock`."""
    statement = LOCK_PROFILE if lock else LOAD_PROFILE
    row = await transaction.fetch_one(statement, {"account": account_id})
    return None if row is None else SealedProfile(*row)


async def add_profile(
    transaction: Transaction, account_id: UUID, sealed: bytes, at: datetime
) -> None:
    """Keep a new account's profile, revision 1."""
    row = {"account_id": account_id, "revision": 1, "sealed": sealed, "updated_at": at}
    await transaction.execute(ADD_PROFILE, row)


async def save_profile(
    transaction: Transaction, account_id: UUID, revision: int, sealed: bytes, at: datetime
) -> None:
    """Put a new revision in place."""
    row = {"to_revision": revision, "to_sealed": sealed, "to_updated_at": at}
    await transaction.execute(SAVE_PROFILE, {"account": account_id, **row})


async def lock_email_index(transaction: Transaction, account_id: UUID) -> bytes | None:
    """The blind index of the account's address, the account kept from others until the commit."""
    row = await transaction.fetch_one(LOCK_INDEX, {"account": account_id})
    return None if row is None else bytes(row[0])


async def set_locked(transaction: Transaction, account_id: UUID, at: datetime | None) -> None:
    """Lock the account from an instant on, or open it again."""
    await transaction.execute(SET_LOCKED, {"account": account_id, "to_locked_at": at})


async def erase_account(transaction: Transaction, account_id: UUID) -> None:
    """Remove the account with its profile and recovery codes."""
    for statement in ERASURES:
        await transaction.execute(statement, {"account": account_id})
