"""Every statement on encrypted files and on the tickets that open them."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, exists, insert, select
from sqlalchemy import func as sql

from app.database import Lookup, Row, Transaction, table_of
from app.sharing.store import COLUMNS, SHARE, StoredShare
from app.sharing.tables import ShareFileRow, ShareTicketRow

FILE = table_of(ShareFileRow)
TICKET = table_of(ShareTicketRow)

NOW = bindparam("now", type_=TICKET.c.expires_at.type)
FILE_OF_ACCOUNT = FILE.c.account_id == bindparam("account")
FILE_OF_SHARE = and_(FILE_OF_ACCOUNT, FILE.c.share_id == bindparam("share"))
TICKET_OF_ACCOUNT = TICKET.c.account_id == bindparam("account")
TICKET_OF_SHARE = and_(TICKET_OF_ACCOUNT, TICKET.c.share_id == bindparam("share"))
OF_ONE_FILE = and_(
    TICKET.c.account_id == FILE.c.account_id,
    TICKET.c.share_id == FILE.c.share_id,
    TICKET.c.file_id == FILE.c.id,
)
OF_ONE_SHARE = and_(SHARE.c.account_id == TICKET.c.account_id, SHARE.c.id == TICKET.c.share_id)
NEWER = FILE.alias("newer")

ADD_FILE = insert(FILE)
NEWEST_FILE = (
    select(FILE.c.id, sql.length(FILE.c.jwe), FILE.c.content_stamp, FILE.c.created_at)
    .where(FILE_OF_SHARE)
    .order_by(FILE.c.created_at.desc(), FILE.c.id.desc())
    .limit(1)
)
ONE_FILE = and_(FILE_OF_SHARE, FILE.c.id == bindparam("file"))
LOAD_JWE = select(FILE.c.jwe).where(ONE_FILE)
IS_KEPT = select(FILE.c.id).where(ONE_FILE)
NOT_TICKETED = ~exists().where(OF_ONE_FILE, TICKET.c.expires_at > NOW)
DROP_SUPERSEDED = delete(FILE).where(
    FILE_OF_SHARE, FILE.c.id != bindparam("newest_file"), NOT_TICKETED
)
SUPERSEDED = Lookup(
    "lookup_superseded_files",
    select(FILE.c.account_id, FILE.c.share_id, FILE.c.id)
    .where(
        exists().where(
            NEWER.c.account_id == FILE.c.account_id,
            NEWER.c.share_id == FILE.c.share_id,
            NEWER.c.created_at > FILE.c.created_at,
        ),
        NOT_TICKETED,
    )
    .limit(bindparam("most")),
    ["now", "most"],
)
DROP_FILE = delete(FILE).where(ONE_FILE, NOT_TICKETED)
DROP_FILES = delete(FILE).where(FILE_OF_SHARE)
DROP_ALL_FILES = delete(FILE).where(FILE_OF_ACCOUNT)
ADD_TICKET = insert(TICKET)
DROP_TICKETS = delete(TICKET).where(TICKET_OF_SHARE)
DROP_ALL_TICKETS = delete(TICKET).where(TICKET_OF_ACCOUNT)
REVOKED = SHARE.c.revoked_at.is_not(None)
DROP_REVOKED_TICKETS = DROP_ALL_TICKETS.where(exists().where(OF_ONE_SHARE, REVOKED))
DROP_REVOKED_FILES = DROP_ALL_FILES.where(
    exists().where(SHARE.c.account_id == FILE.c.account_id, SHARE.c.id == FILE.c.share_id, REVOKED)
)
OVER = Lookup(
    "lookup_old_tickets",
    select(TICKET.c.account_id).distinct().where(TICKET.c.expires_at <= NOW),
    ["now"],
)
DROP_OVER = delete(TICKET).where(TICKET_OF_ACCOUNT, TICKET.c.expires_at <= NOW)
BY_TICKET = Lookup(
    "lookup_ticket",
    select(FILE.c.id.label("file_id"), TICKET.c.expires_at.label("until"), *COLUMNS)
    .select_from(TICKET.join(FILE, OF_ONE_FILE).join(SHARE, OF_ONE_SHARE))
    .where(TICKET.c.ticket_hash == bindparam("ticket_hash"), TICKET.c.expires_at > NOW),
    ["ticket_hash", "now"],
)


class FileMark(NamedTuple):
    """An encrypted file without its bytes; `length` of them is also that of the JWE's text."""

    id: UUID
    length: int
    content_stamp: bytes
    created_at: datetime


class NewFile(NamedTuple):
    """An encrypted file to be kept."""

    id: UUID
    jwe: bytes
    content_stamp: bytes
    created_at: datetime


class StoredTicket(NamedTuple):
    """A short-lived permission to read one file."""

    ticket_hash: bytes
    account_id: UUID
    share_id: UUID
    file_id: UUID
    expires_at: datetime


class TicketedFile(NamedTuple):
    """What a ticket leads to, whether its share lives or not."""

    file_id: UUID
    expires_at: datetime
    share: StoredShare


async def add_file(
    transaction: Transaction, account_id: UUID, share_id: UUID, file: NewFile
) -> None:
    """Keep a file for the readers of a share."""
    row = {"account_id": account_id, "share_id": share_id, **file._asdict()}
    await transaction.execute(ADD_FILE, row)


async def newest_file(
    transaction: Transaction, account_id: UUID, share_id: UUID
) -> FileMark | None:
    """The newest file of a share."""
    row = await transaction.fetch_one(NEWEST_FILE, {"account": account_id, "share": share_id})
    return FileMark(*row) if row else None


async def load_jwe(
    transaction: Transaction, account_id: UUID, share_id: UUID, file_id: UUID
) -> bytes | None:
    """The bytes of a file."""
    bound = {"account": account_id, "share": share_id, "file": file_id}
    row = await transaction.fetch_one(LOAD_JWE, bound)
    return bytes(row[0]) if row else None


async def is_kept(
    transaction: Transaction, account_id: UUID, share_id: UUID, file_id: UUID
) -> bool:
    """Whether a file is still there."""
    bound = {"account": account_id, "share": share_id, "file": file_id}
    return await transaction.fetch_one(IS_KEPT, bound) is not None


async def drop_superseded(
    transaction: Transaction, account_id: UUID, share_id: UUID, newest: UUID, now: datetime
) -> None:
    """Remove older files of a share whose tickets are over."""
    bound = {"account": account_id, "share": share_id, "newest_file": newest, "now": now}
    await transaction.execute(DROP_SUPERSEDED, bound)


async def superseded_files(transaction: Transaction, now: datetime, most: int) -> list[Row]:
    """(account, share, file) of files that are neither the newest nor ticketed."""
    return await transaction.fetch(SUPERSEDED, {"now": now, "most": most})


async def drop_file(
    transaction: Transaction, account_id: UUID, share_id: UUID, file_id: UUID, now: datetime
) -> None:
    """Remove one file, unless a ticket opens it."""
    bound = {"account": account_id, "share": share_id, "file": file_id, "now": now}
    await transaction.execute(DROP_FILE, bound)


async def drop_reading(transaction: Transaction, account_id: UUID, share_id: UUID) -> None:
    """Remove files and tickets of a dead share: nothing of it can be read any more."""
    bound = {"account": account_id, "share": share_id}
    await transaction.execute(DROP_TICKETS, bound)
    await transaction.execute(DROP_FILES, bound)


async def drop_revoked_reading(transaction: Transaction, account_id: UUID) -> None:
    """Remove files and tickets of the withdrawn shares of an account, and of no other."""
    await transaction.execute(DROP_REVOKED_TICKETS, {"account": account_id})
    await transaction.execute(DROP_REVOKED_FILES, {"account": account_id})


async def drop_all_reading(transaction: Transaction, account_id: UUID) -> None:
    """Remove files and tickets of every share of an account."""
    await transaction.execute(DROP_ALL_TICKETS, {"account": account_id})
    await transaction.execute(DROP_ALL_FILES, {"account": account_id})


async def add_ticket(transaction: Transaction, ticket: StoredTicket) -> None:
    """Keep a ticket, by its hash."""
    await transaction.execute(ADD_TICKET, ticket._asdict())


async def find_ticketed(
    transaction: Transaction, ticket_hash: bytes, now: datetime
) -> TicketedFile | None:
    """What a ticket leads to whose minutes are not over."""
    row = await transaction.fetch_one(BY_TICKET, {"ticket_hash": ticket_hash, "now": now})
    return TicketedFile(row[0], row[1], StoredShare(*row[2:])) if row else None


async def accounts_with_old_tickets(transaction: Transaction, now: datetime) -> list[UUID]:
    """Whose tickets are over."""
    return [row[0] for row in await transaction.fetch(OVER, {"now": now})]


async def drop_old_tickets(transaction: Transaction, account_id: UUID, now: datetime) -> None:
    """Remove an account's tickets that are over."""
    await transaction.execute(DROP_OVER, {"account": account_id, "now": now})
