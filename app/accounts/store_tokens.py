"""Every statement on access tokens."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, or_, select, update

from app.accounts.tables import AccessTokenRow
from app.database import Lookup, Transaction, per_engine, table_of

TOKEN = table_of(AccessTokenRow)

TOKEN_OF_ACCOUNT = TOKEN.c.account_id == bindparam("account")
FIND_TOKEN = Lookup(
    "lookup_access_token",
    select(
        TOKEN.c.token_hash,
        TOKEN.c.account_id,
        TOKEN.c.device_id,
        TOKEN.c.generation,
        TOKEN.c.expires_at,
        TOKEN.c.confirmed,
    ).where(TOKEN.c.token_hash == bindparam("token")),
    ["token"],
)
SAVE_TOKEN = per_engine(
    lambda dialect_insert: (add := dialect_insert(TOKEN)).on_conflict_do_update(
        index_elements=[TOKEN.c.token_hash], set_={"expires_at": add.excluded.expires_at}
    )
)
ONE_TOKEN = (TOKEN_OF_ACCOUNT, TOKEN.c.token_hash == bindparam("token"))
CONFIRM_TOKEN = update(TOKEN).where(*ONE_TOKEN).values(confirmed=True)
DROP_TOKEN = delete(TOKEN).where(*ONE_TOKEN)
OF_DEVICE = (TOKEN_OF_ACCOUNT, TOKEN.c.device_id == bindparam("device"))
DROP_TOKENS = delete(TOKEN).where(*OF_DEVICE)
DROP_SPENT_TOKENS = delete(TOKEN).where(
    *OF_DEVICE,
    or_(TOKEN.c.expires_at <= bindparam("now"), TOKEN.c.generation < bindparam("below")),
)
DROP_OTHERS_TOKENS = delete(TOKEN).where(TOKEN_OF_ACCOUNT, TOKEN.c.device_id != bindparam("device"))
DROP_ALL_TOKENS = delete(TOKEN).where(TOKEN_OF_ACCOUNT)


class AccessToken(NamedTuple):
    """What an access token stands for."""

    token_hash: bytes
    account_id: UUID
    device_id: UUID
    generation: int
    expires_at: datetime
    confirmed: bool


async def find_token(transaction: Transaction, token_hash: bytes) -> AccessToken | None:
    """The one row that a signed-in request reads."""
    row = await transaction.fetch_one(FIND_TOKEN, {"token": token_hash})
    return None if row is None else AccessToken(*row)


async def save_token(transaction: Transaction, token: AccessToken) -> None:
    """Keep an access token; one that is there already stays, with this expiry."""
    await transaction.execute(SAVE_TOKEN, token._asdict())


async def drop_token(transaction: Transaction, token: AccessToken) -> None:
    """Forget one access token."""
    await transaction.execute(DROP_TOKEN, {"account": token.account_id, "token": token.token_hash})


async def drop_spent_tokens(
    transaction: Transaction, account_id: UUID, device_id: UUID, below: int, now: datetime
) -> None:
    """Forget access tokens of a device that have expired or are of a generation `below`."""
    await transaction.execute(
        DROP_SPENT_TOKENS, {"account": account_id, "device": device_id, "below": below, "now": now}
    )


async def mark_confirmed(transaction: Transaction, token: AccessToken) -> None:
    """The token was used: its later uses need no write."""
    await transaction.execute(
        CONFIRM_TOKEN, {"account": token.account_id, "token": token.token_hash}
    )


async def drop_tokens(transaction: Transaction, account_id: UUID, device_id: UUID) -> None:
    """Forget all access tokens of a device."""
    await transaction.execute(DROP_TOKENS, {"account": account_id, "device": device_id})


async def drop_tokens_of_others(
    transaction: Transaction, account_id: UUID, device_id: UUID
) -> None:
    """Forget the access tokens of all devices but this one."""
    await transaction.execute(DROP_OTHERS_TOKENS, {"account": account_id, "device": device_id})


async def drop_all_tokens(transaction: Transaction, account_id: UUID) -> None:
    """Forget every access token of an account."""
    await transaction.execute(DROP_ALL_TOKENS, {"account": account_id})
