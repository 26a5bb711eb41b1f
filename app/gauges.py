"""What the metrics read off the running service: pool, queues, waiting mail, the audit chains."""

from app.accounts.hashing import Hasher
from app.accounts.outbox import Outbox
from app.audit import LAST_APPENDED
from app.database import WholeDatabase
from app.telemetry import GAUGES


def show_gauges(database: WholeDatabase, hasher: Hasher, outbox: Outbox) -> None:
    """Let the metrics of this process show them."""
    GAUGES.show(
        "afterglow_database_connections",
        "Connections of this worker's pool (threads on SQLite), and who waits for them.",
        lambda: database.usage()._asdict(),
    )
    GAUGES.show(
        "afterglow_hashes",
        "Slow hashes that run or wait in this worker.",
        lambda: {"held": hasher.held()},
    )
    GAUGES.show(
        "afterglow_outbox_age_seconds",
        "Age of the oldest mail that waits, of all workers; 0 when none does.",
        lambda: {"": outbox.oldest_age()},
    )
    GAUGES.show(
        "afterglow_audit_head_age_seconds",
        "Time since this worker last moved the head of an audit chain.",
        lambda: {"": LAST_APPENDED.age()},
    )
