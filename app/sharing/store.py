"""Every statement on shares themselves, save what readers count in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update

from app.database import Lookup, Row, Transaction, table_of
from app.sharing.tables import ShareRow


class StoredShare(NamedTuple):
    """A share as it lies there; what is sealed is sealed."""

    account_id: UUID
    id: UUID
    kind: str
    mode: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    tries_left: int
    max_openings: int | None
    openings: int
    first_opened_at: datetime | None
    last_opened_at: datetime | None
    draft_digest: bytes
    sealed_about: bytes
    sealed_link: bytes | None


SHARE = table_of(ShareRow)
COLUMNS = tuple(SHARE.c[name] for name in StoredShare._fields)
NEVER_OPENED = {
    "tried_at": None,
    "opened_minute": None,
    "opened_in_minute": 0,
    "refusals": 0,
}

OF_ACCOUNT = SHARE.c.account_id == bindparam("account")
ONE = and_(OF_ACCOUNT, SHARE.c.id == bindparam("share"))
NOW = bindparam("now", type_=SHARE.c.expires_at.type)
NOT_REVOKED = SHARE.c.revoked_at.is_(None)
USED_UP = and_(SHARE.c.max_openings.is_not(None), SHARE.c.openings >= SHARE.c.max_openings)
ALIVE = and_(NOT_REVOKED, SHARE.c.expires_at > NOW, SHARE.c.tries_left > 0, ~USED_UP)

ADD = insert(SHARE)
LOAD = select(*COLUMNS).where(ONE)
BY_TOKEN = Lookup(
    "lookup_share",
    select(*COLUMNS).where(SHARE.c.token_hash == bindparam("token_hash")),
    ["token_hash"],
)
PAGE = select(*COLUMNS).where(OF_ACCOUNT)
NEWEST_FIRST = (SHARE.c.created_at.desc(), SHARE.c.id.desc())
FIRST_PAGE = PAGE.order_by(*NEWEST_FIRST).limit(bindparam("most"))
CREATED = bindparam("created", type_=SHARE.c.created_at.type)
LATER_PAGE = (
    PAGE.where(
        or_(
            SHARE.c.created_at < CREATED,
            and_(SHARE.c.created_at == CREATED, SHARE.c.id < bindparam("share")),
        )
    )
    .order_by(*NEWEST_FIRST)
    .limit(bindparam("most"))
)
REVOKE = (
    update(SHARE)
    .where(ONE, NOT_REVOKED)
    .values(revoked_at=NOW, sealed_link=None)
    .returning(SHARE.c.id)
)
REVOKE_ALL = (
    update(SHARE)
    .where(OF_ACCOUNT, NOT_REVOKED)
    .values(revoked_at=NOW, sealed_link=None)
    .returning(SHARE.c.id)
)
BEFORE = bindparam("before", type_=SHARE.c.expires_at.type)
# A try that is reserved may be given back, and the tickets of the last opening live on.
FORGETTABLE = and_(
    SHARE.c.sealed_link.is_not(None),
    or_(
        SHARE.c.expires_at <= NOW,
        and_(SHARE.c.tries_left <= 0, SHARE.c.tried_at <= BEFORE),
        and_(USED_UP, SHARE.c.last_opened_at <= BEFORE),
    ),
)
DEAD = Lookup(
    "lookup_dead_links",
    select(SHARE.c.account_id, SHARE.c.id).where(FORGETTABLE).limit(bindparam("most")),
    ["now", "before", "most"],
)
FORGET = update(SHARE).where(ONE, FORGETTABLE).values(sealed_link=None)
LOCK_LINK = (
    update(SHARE)
    .where(ONE, SHARE.c.sealed_link.is_not(None))
    .values(openings=SHARE.c.openings)
    .returning(SHARE.c.id)
)
LOCK = select(SHARE.c.id).where(ONE).with_for_update()
ERASE = delete(SHARE).where(OF_ACCOUNT)


async def add_share(transaction: Transaction, share: StoredShare, token_hash: bytes) -> None:
    """Keep a new share. Raises UniqueViolation when its id is taken."""
    row = {**share._asdict(), "token_hash": token_hash, **NEVER_OPENED}
    await transaction.execute(ADD, row)


async def load_share(
    transaction: Transaction, account_id: UUID, share_id: UUID
) -> StoredShare | None:
    """A share of this account, dead or alive."""
    row = await transaction.fetch_one(LOAD, {"account": account_id, "share": share_id})
    return StoredShare(*row) if row else None


async def find_share(transaction: Transaction, token_hash: bytes) -> StoredShare | None:
    """The share behind a path token, dead or alive."""
    row = await transaction.fetch_one(BY_TOKEN, {"token_hash": token_hash})
    return StoredShare(*row) if row else None


async def load_shares(
    transaction: Transaction, account_id: UUID, after: tuple[datetime, UUID] | None, most: int
) -> list[StoredShare]:
    """Shares of an account, newest first, beginning after a place."""
    bound: dict[str, object] = {"account": account_id, "most": most}
    if after is None:
        rows = await transaction.fetch(FIRST_PAGE, bound)
    else:
        rows = await transaction.fetch(LATER_PAGE, bound | {"created": after[0], "share": after[1]})
    return [StoredShare(*row) for row in rows]


async def lock_share(transaction: Transaction, account_id: UUID, share_id: UUID) -> bool:
    """Keep a share from being erased until the commit; False when it is gone."""
    bound = {"account": account_id, "share": share_id}
    return await transaction.fetch_one(LOCK, bound) is not None


async def lock_link(transaction: Transaction, account_id: UUID, share_id: UUID) -> bool:
    """Keep a share from being revoked until the commit; False when its link is forgotten."""
    bound = {"account": account_id, "share": share_id}
    return await transaction.fetch_one(LOCK_LINK, bound) is not None


async def revoke(transaction: Transaction, account_id: UUID, share_id: UUID, now: datetime) -> bool:
    """Withdraw a share and forget its link; False when there is nothing to withdraw."""
    bound = {"account": account_id, "share": share_id, "now": now}
    return await transaction.fetch_one(REVOKE, bound) is not None


async def revoke_all(transaction: Transaction, account_id: UUID, now: datetime) -> list[UUID]:
    """Withdraw every share of an account; the ids of those that were not withdrawn before."""
    rows = await transaction.fetch(REVOKE_ALL, {"account": account_id, "now": now})
    return [row[0] for row in rows]


async def dead_links(
    transaction: Transaction, now: datetime, before: datetime, most: int
) -> Sequence[Row]:
    """(account, share) of links to forget: expired, or locked or used up since `before`."""
    return await transaction.fetch(DEAD, {"now": now, "before": before, "most": most})


async def forget_link(
    transaction: Transaction, account_id: UUID, share_id: UUID, now: datetime, before: datetime
) -> bool:
    """Empty the link of a share that `dead_links` told; False when it lives after all."""
    bound = {"account": account_id, "share": share_id, "now": now, "before": before}
    return await transaction.execute(FORGET, bound) > 0


async def erase_shares(transaction: Transaction, account_id: UUID) -> None:
    """Remove the rows of every share of an account."""
    await transaction.execute(ERASE, {"account": account_id})
