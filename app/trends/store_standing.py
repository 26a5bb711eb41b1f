"""The one read that comes before every answer: where journal and profile stand.

It looks at rows of three rooms, because each statement is a round trip; it changes none of them.
"""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select

from app.accounts.store_accounts import PROFILE, SealedProfile
from app.database import Transaction
from app.journal.store import JOURNAL
from app.journal.store_ready import READY

BOTH = JOURNAL.join(PROFILE, PROFILE.c.account_id == JOURNAL.c.account_id)
STANDING_COLUMNS = (
    JOURNAL.c.epoch,
    JOURNAL.c.head,
    PROFILE.c.revision,
    PROFILE.c.sealed,
    PROFILE.c.updated_at,
)
IS_READY = and_(
    READY.c.account_id == JOURNAL.c.account_id,
    READY.c.question == bindparam("question"),
    READY.c.epoch == JOURNAL.c.epoch,
    READY.c.head == JOURNAL.c.head,
    READY.c.profile_revision == PROFILE.c.revision,
    READY.c.version == bindparam("of_version"),
)
OF_ACCOUNT = JOURNAL.c.account_id == bindparam("account")
LOAD = select(*STANDING_COLUMNS).select_from(BOTH).where(OF_ACCOUNT)
LOAD_WITH_ANSWER: Select[tuple[object, ...]] = (
    select(*STANDING_COLUMNS, READY.c.sealed.label("answer"))
    .select_from(BOTH.outerjoin(READY, IS_READY))
    .where(OF_ACCOUNT)
)


class Standing(NamedTuple):
    """Journal and profile at one moment, and the sealed answer that was made of them, if any."""

    epoch: int
    head: int
    profile: SealedProfile
    answer: bytes | None = None


async def load_standing(transaction: Transaction, account_id: UUID) -> Standing | None:
    """Where journal and profile stand; None when the account is gone."""
    row = await transaction.fetch_one(LOAD, {"account": account_id})
    return None if row is None else Standing(row[0], row[1], SealedProfile(*row[2:5]))


async def load_with_answer(
    transaction: Transaction, account_id: UUID, question: str, version: str
) -> Standing | None:
    """The same, with the answer to a question that was made of just this."""
    bound = {"account": account_id, "question": question, "of_version": version}
    row = await transaction.fetch_one(LOAD_WITH_ANSWER, bound)
    if row is None:
        return None
    answer = None if row[5] is None else bytes(row[5])
    return Standing(row[0], row[1], SealedProfile(*row[2:5]), answer)
