"""Buckets of tests, and what comes of asking them."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from app.database import Database
from app.limits import Bucket, Limit, Limits
from app.telemetry import REFUSALS
from app.throttling import Throttles
from app.throttling.store import BUCKET
from app.web.problems import RateLimited
from tests.clocks import SetClock

SIGN_IN = Bucket.SIGN_IN_ADDRESS
CODE = Bucket.CODE_ADDRESS
LIMITS: Limits = {SIGN_IN: (Limit(5, 60),), CODE: (Limit(3, 60), Limit(4, 3600))}


def mark(text: str) -> bytes:
    return text.encode()


def somebody() -> str:
    return uuid4().hex


async def outcome(throttles: Throttles, subject: str, bucket: Bucket = SIGN_IN) -> int:
    """0, or what `Retry-After` says."""
    try:
        await throttles.take((bucket, subject))
    except RateLimited as refused:
        return int(refused.headers["Retry-After"])
    return 0


def worker(database: Database, clock: SetClock, **ahead: float) -> Throttles:
    """A worker whose clock differs from the one that is right."""
    return Throttles(database, mark, lambda: clock() + timedelta(**ahead), LIMITS)


async def marks(database: Database, subject: str) -> list[bytes]:
    rows = await database.read(None, lambda work: work.fetch(select(BUCKET.c.key)))
    return [row[0] for row in rows if subject.encode() in bytes(row[0])]


def refusals(bucket: Bucket) -> int:
    """How many requests this process has turned away for a bucket."""
    return REFUSALS.counts.get((bucket,), 0)
