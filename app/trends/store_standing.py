"""The one read that comes before every answer: where journal and profile stand.

It looks at four tables of two rooms, because each statement is a round trip; it changes nothing.
"""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy import func as sql

from app.accounts.store_accounts import PROFILE, SealedProfile
from app.database import Transaction
from app.journal.store import ENTRY, JOURNAL
from app.journal.store_ready import READY

EARLIEST_ZONE, LATEST_ZONE = timedelta(hours=-12), timedelta(hours=14)
"""How far the time of day of any zone lies from UTC."""

FURTHEST = timedelta(days=2)
"""No entry but an appointment lies further ahead of the profile's date than travel allows."""

BOTH = JOURNAL.join(PROFILE, PROFILE.c.account_id == JOURNAL.c.account_id)
STANDING_COLUMNS = (
    JOURNAL.c.epoch,
    JOURNAL.c.head,
    PROFILE.c.revision,
    PROFILE.c.sealed,
    PROFILE.c.updated_at,
    select(sql.max(ENTRY.c.local_date))
    .where(
        ENTRY.c.account_id == bindparam("account"),
        ENTRY.c.local_date > bindparam("soonest"),
        ENTRY.c.local_date <= bindparam("furthest"),
    )
    .scalar_subquery()
    .label("latest"),
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
    """Journal and profile at one moment, and the sealed answer that was made of them, if any.

    `latest`: the local date of the latest entry, of any kind, on the dates that may lie ahead of
    today somewhere; None where there is none.
    """

    epoch: int
    head: int
    profile: SealedProfile
    latest: date | None
    answer: bytes | None = None


async def load_standing(
    transaction: Transaction, account_id: UUID, now: datetime
) -> Standing | None:
    """Where journal and profile stand; None when the account is gone."""
    row = await transaction.fetch_one(LOAD, _ahead(account_id, now))
    return None if row is None else Standing(row[0], row[1], SealedProfile(*row[2:5]), row[5])


async def load_with_answer(
    transaction: Transaction, account_id: UUID, question: str, version: str, now: datetime
) -> Standing | None:
    """The same, with the answer to a question that was made of just this."""
    bound = _ahead(account_id, now) | {"question": question, "of_version": version}
    row = await transaction.fetch_one(LOAD_WITH_ANSWER, bound)
    if row is None:
        return None
    answer = None if row[6] is None else bytes(row[6])
    return Standing(row[0], row[1], SealedProfile(*row[2:5]), row[5], answer)


def _ahead(account_id: UUID, now: datetime) -> dict[str, object]:
    """The account, and the dates that may lie ahead there: its zone is sealed."""
    at = now.astimezone(UTC)
    return {
        "account": account_id,
        "soonest": (at + EARLIEST_ZONE).date(),
        "furthest": (at + LATEST_ZONE + FURTHEST).date(),
    }
