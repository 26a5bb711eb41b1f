"""Every statement on devices. A device is locked before its tokens."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case, delete, insert, select, update

from app.accounts.store_tokens import (
    AccessToken,
    drop_all_tokens,
    drop_tokens,
    drop_tokens_of_others,
    mark_confirmed,
)
from app.accounts.tables import DeviceRow
from app.database import Lookup, Transaction, table_of

DEVICE = table_of(DeviceRow)

INSTANT = DEVICE.c.seen_at.type
OF_ACCOUNT = DEVICE.c.account_id == bindparam("account")
LIVES = DEVICE.c.revoked_at.is_(None)
ONE = (OF_ACCOUNT, DEVICE.c.id == bindparam("device"))
DEVICE_COLUMNS = (
    DEVICE.c.account_id,
    DEVICE.c.id,
    DEVICE.c.sealed_about,
    DEVICE.c.created_at,
    DEVICE.c.seen_at,
    DEVICE.c.sealed_secret,
    DEVICE.c.generation,
    DEVICE.c.confirmed,
    DEVICE.c.rotated_at,
    DEVICE.c.access_at,
    DEVICE.c.step_up_until,
    DEVICE.c.revoked_at,
)


def _not_before(column: ColumnElement[datetime], name: str) -> ColumnElement[datetime]:
    """The later of the column and the bound instant."""
    instant = bindparam(name, type_=INSTANT)
    return case((column < instant, instant), else_=column)


FIND_OWNER = Lookup(
    "lookup_device",
    select(DEVICE.c.account_id).where(DEVICE.c.id == bindparam("device")),
    ["device"],
)
LOAD = select(*DEVICE_COLUMNS).where(*ONE)
LOCK = LOAD.with_for_update()
ALL = select(*DEVICE_COLUMNS).where(OF_ACCOUNT).order_by(DEVICE.c.created_at, DEVICE.c.id)
ALL_LIVING = ALL.where(LIVES)
ADD = insert(DEVICE)
ROTATE = (
    update(DEVICE)
    .where(*ONE, DEVICE.c.generation == bindparam("of_generation"))
    .values(
        generation=DEVICE.c.generation + 1,
        confirmed=False,
        rotated_at=bindparam("now", type_=INSTANT),
        access_at=bindparam("now", type_=INSTANT),
        seen_at=_not_before(DEVICE.c.seen_at, "now"),
    )
)
GIVE_AGAIN = (
    update(DEVICE)
    .where(*ONE)
    .values(
        rotated_at=bindparam("to_rotated_at"),
        access_at=bindparam("to_access_at"),
        seen_at=_not_before(DEVICE.c.seen_at, "now"),
    )
)
CONFIRM = (
    update(DEVICE)
    .where(*ONE, LIVES, DEVICE.c.generation == bindparam("of_generation"))
    .values(confirmed=True, seen_at=_not_before(DEVICE.c.seen_at, "now"))
)
STEP_UP = (
    update(DEVICE)
    .where(*ONE, LIVES)
    .values(
        step_up_until=bindparam("to_step_up_until"), seen_at=_not_before(DEVICE.c.seen_at, "now")
    )
)
REVOKE = update(DEVICE).where(*ONE, LIVES).values(revoked_at=bindparam("to_revoked_at"))
REVOKE_ALL = update(DEVICE).where(OF_ACCOUNT, LIVES).values(revoked_at=bindparam("to_revoked_at"))
ERASE = delete(DEVICE).where(OF_ACCOUNT)
REVOKE_OTHERS = (
    update(DEVICE)
    .where(OF_ACCOUNT, LIVES, DEVICE.c.id != bindparam("device"))
    .values(revoked_at=bindparam("to_revoked_at"))
)


class Device(NamedTuple):
    """A device as it lies there."""

    account_id: UUID
    id: UUID
    sealed_about: bytes
    created_at: datetime
    seen_at: datetime
    sealed_secret: bytes
    generation: int
    confirmed: bool
    rotated_at: datetime
    access_at: datetime
    step_up_until: datetime | None = None
    revoked_at: datetime | None = None


async def find_owner(transaction: Transaction, device_id: UUID) -> UUID | None:
    """The account that a device belongs to, before the account is known."""
    row = await transaction.fetch_one(FIND_OWNER, {"device": device_id})
    return None if row is None else row[0]


async def load_device(
    transaction: Transaction, account_id: UUID, device_id: UUID, *, lock: bool = False
) -> Device | None:
    """The device, kept from others until the commit if `lock`."""
    key = {"account": account_id, "device": device_id}
    row = await transaction.fetch_one(LOCK if lock else LOAD, key)
    return None if row is None else Device(*row)


async def load_devices(transaction: Transaction, account_id: UUID) -> list[Device]:
    """All devices that were not revoked, the oldest first."""
    rows = await transaction.fetch(ALL_LIVING, {"account": account_id})
    return [Device(*row) for row in rows]


async def load_past_and_present(transaction: Transaction, account_id: UUID) -> list[Device]:
    """All devices, those that were revoked too, the oldest first."""
    return [Device(*row) for row in await transaction.fetch(ALL, {"account": account_id})]


async def add_device(transaction: Transaction, device: Device) -> None:
    """Keep a new device."""
    await transaction.execute(ADD, {**device._asdict(), "device_public_key": None})


async def rotate(transaction: Transaction, device: Device, now: datetime) -> bool:
    """Move on to the next generation; False when another request was faster."""
    row = {**_key(device), "of_generation": device.generation, "now": now}
    return await transaction.execute(ROTATE, row) == 1


async def give_again(transaction: Transaction, device: Device, now: datetime) -> None:
    """The device's generation is handed out again, with these `rotated_at` and `access_at`."""
    instants = {"to_rotated_at": device.rotated_at, "to_access_at": device.access_at}
    await transaction.execute(GIVE_AGAIN, {**_key(device), **instants, "now": now})


async def confirm(transaction: Transaction, token: AccessToken, now: datetime) -> None:
    """An access token was used for the first time: its generation has reached the device."""
    key = {"account": token.account_id, "device": token.device_id}
    await transaction.execute(CONFIRM, {**key, "of_generation": token.generation, "now": now})
    await mark_confirmed(transaction, token)


async def set_step_up(
    transaction: Transaction, account_id: UUID, device_id: UUID, until: datetime, now: datetime
) -> bool:
    """The end of a proof; False when the device was revoked meanwhile."""
    row = {"account": account_id, "device": device_id, "to_step_up_until": until, "now": now}
    return await transaction.execute(STEP_UP, row) == 1


async def revoke(transaction: Transaction, account_id: UUID, device_id: UUID, at: datetime) -> bool:
    """End a device with all its access tokens; False when there is no such living device."""
    key = {"account": account_id, "device": device_id}
    ended = await transaction.execute(REVOKE, {**key, "to_revoked_at": at}) == 1
    if ended:
        await drop_tokens(transaction, account_id, device_id)
    return ended


async def revoke_others(
    transaction: Transaction, account_id: UUID, device_id: UUID, at: datetime
) -> int:
    """End all devices but this one; how many. The account must be locked before."""
    key = {"account": account_id, "device": device_id}
    ended = await transaction.execute(REVOKE_OTHERS, {**key, "to_revoked_at": at})
    await drop_tokens_of_others(transaction, account_id, device_id)
    return ended


async def revoke_all(transaction: Transaction, account_id: UUID, at: datetime) -> None:
    """End all devices of an account. The account must be locked before."""
    await transaction.execute(REVOKE_ALL, {"account": account_id, "to_revoked_at": at})
    await drop_all_tokens(transaction, account_id)


async def erase_devices(transaction: Transaction, account_id: UUID) -> None:
    """Remove every device of an account and its tokens."""
    await transaction.execute(ERASE, {"account": account_id})
    await drop_all_tokens(transaction, account_id)


def _key(device: Device) -> dict[str, object]:
    return {"account": device.account_id, "device": device.id}
