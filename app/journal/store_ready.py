"""Every statement that changes what is kept of finished answers."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy import func as sql

from app.database import Transaction, per_engine, table_of
from app.journal.tables import ReadyAnswerRow

READY = table_of(ReadyAnswerRow)
MOST_KEPT = 24
"""Answers of an account: more than the screens of an app ask for."""

OF_ACCOUNT = READY.c.account_id == bindparam("account")
NEWEST = select(sql.max(READY.c.serial)).where(OF_ACCOUNT)
DROP_OTHERS = delete(READY).where(
    OF_ACCOUNT,
    or_(
        READY.c.epoch != bindparam("of_epoch"),
        READY.c.head != bindparam("of_head"),
        READY.c.profile_revision != bindparam("of_profile"),
        READY.c.version != bindparam("of_version"),
        READY.c.serial <= bindparam("oldest"),
    ),
)
SAVE = per_engine(
    lambda dialect_insert: (add := dialect_insert(READY)).on_conflict_do_update(
        index_elements=[READY.c.account_id, READY.c.question],
        set_={
            name: add.excluded[name]
            for name in ("epoch", "head", "profile_revision", "version", "serial", "sealed")
        },
    )
)
DROP = delete(READY).where(OF_ACCOUNT)


class Stamp(NamedTuple):
    """What an answer was made of: an answer under any other is no answer."""

    epoch: int
    head: int
    profile_revision: int
    version: str


async def keep_answer(
    transaction: Transaction, account_id: UUID, question: str, stamp: Stamp, sealed: bytes
) -> None:
    """Keep an answer, in place of an older one, of those under other stamps and of the 24th last.

    The journal must be locked.
    """
    newest = await transaction.fetch_one(NEWEST, {"account": account_id})
    serial = (newest[0] if newest and newest[0] else 0) + 1
    row: Mapping[str, object] = {
        "account_id": account_id,
        "question": question,
        **stamp._asdict(),
        "serial": serial,
        "sealed": sealed,
    }
    bound = {
        "account": account_id,
        "of_epoch": stamp.epoch,
        "of_head": stamp.head,
        "of_profile": stamp.profile_revision,
        "of_version": stamp.version,
        "oldest": serial - MOST_KEPT,
    }
    await transaction.execute(DROP_OTHERS, bound)
    await transaction.execute(SAVE, row)


async def drop_answers(transaction: Transaction, account_id: UUID) -> None:
    """Forget every finished answer of an account."""
    await transaction.execute(DROP, {"account": account_id})
