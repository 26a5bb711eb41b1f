"""Every statement on the buckets: the generic cell rate algorithm, one row a bucket.

A bucket of `count` in `span` microseconds empties by one every `step` = span / count. Its row holds
the instant at which it will be empty (`tat`); a request adds one step to that, and is refused when
the bucket would then need longer than `span` to empty.

No clock writes an instant further ahead than its own now and `span`. A row that lies beyond that
was written by a clock that disagrees with the one that asks, and nobody knows which is wrong:
whoever finds such a row counts in a second one, set aside for that. So a clock that runs far ahead
keeps nobody out, and two clocks that disagree give at most twice the bucket's number. One that runs
ahead by just about a span looks like a crowd: it fills the bucket for the others.
"""

from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Insert, bindparam, case, delete, select

from app.database import Transaction, per_engine, table_of
from app.throttling.tables import ThrottleBucketRow

BUCKET = table_of(ThrottleBucketRow)
NOW = bindparam("now", type_=BigInteger)
SPAN = bindparam("span", type_=BigInteger)
STEP = bindparam("step", type_=BigInteger)
BELIEVED = NOW + SPAN + bindparam("tolerance", type_=BigInteger)
# Between clocks that agree none gives anything away: what counts is the later of now and the row.
THEN = case((BUCKET.c.tat > NOW, BUCKET.c.tat), else_=NOW) + STEP
# Where two rows are not believed, three clocks disagree: the row begins anew.
THEN_ASIDE = case((BUCKET.c.tat.between(NOW, BELIEVED), BUCKET.c.tat), else_=NOW) + STEP


# The dialects' `insert` are of two types with the same methods.
def _take(insert: Any, then: ColumnElement[int]) -> Insert:
    added: Insert = (
        insert(BUCKET)
        .values(key=bindparam("mark"), tat=bindparam("first"))
        .on_conflict_do_update(
            index_elements=[BUCKET.c.key], set_={"tat": then}, where=then - NOW <= SPAN
        )
        .returning(BUCKET.c.tat)
    )
    return added


TAKE = per_engine(lambda insert: _take(insert, THEN))
TAKE_ASIDE = per_engine(lambda insert: _take(insert, THEN_ASIDE))
LOOK = select(BUCKET.c.tat).where(BUCKET.c.key == bindparam("mark"))
FORGET = delete(BUCKET).where(BUCKET.c.key == bindparam("mark"))
# Rows that somebody holds stay for the next time: of two who wait for each other, one is undone.
STALE = (
    select(BUCKET.c.key)
    .where(BUCKET.c.tat < NOW)
    .limit(bindparam("most", type_=BigInteger))
    .with_for_update(skip_locked=True)
)
SWEEP = delete(BUCKET).where(BUCKET.c.key.in_(STALE))


class Marks(NamedTuple):
    """By what the rows of one bucket and subject are found."""

    usual: bytes
    aside: bytes
    """For clocks that find the usual row too far ahead to be true."""


class Pour(NamedTuple):
    """One request for a bucket: when it comes, and what the bucket bears. All in microseconds."""

    now: int
    """Since 1970, by the clock of the worker that asks."""
    step: int
    span: int
    tolerance: int
    """How far the clocks of two workers may lie apart and still be taken for one."""


async def take(transaction: Transaction, marks: Marks, pour: Pour) -> int | None:
    """Put one request into a bucket. None, or how long it is too early, in microseconds."""
    bound = {"first": pour.now + pour.step, **pour._asdict()}
    if await transaction.fetch_one(TAKE, {"mark": marks.usual, **bound}):
        return None
    tat = await _look(transaction, marks.usual, pour)
    if tat <= pour.now + pour.span + pour.tolerance:
        return _early(tat, pour)
    if await transaction.fetch_one(TAKE_ASIDE, {"mark": marks.aside, **bound}):
        return None
    return _early(await _look(transaction, marks.aside, pour), pour)


async def forget(transaction: Transaction, marks: Marks) -> None:
    """Empty a bucket."""
    for mark in marks:  # one by one, in the order in which requests lock them
        await transaction.execute(FORGET, {"mark": mark})


async def sweep(transaction: Transaction, now: int, most: int) -> int:
    """Remove at most so many rows of buckets that are empty; how many there were."""
    return await transaction.execute(SWEEP, {"now": now, "most": most})


async def _look(transaction: Transaction, mark: bytes, pour: Pour) -> int:
    row = await transaction.fetch_one(LOOK, {"mark": mark})
    return pour.now if row is None else int(row[0])


def _early(tat: int, pour: Pour) -> int:
    return max(1, max(tat, pour.now) + pour.step - pour.span - pour.now)
