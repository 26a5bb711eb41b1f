"""What the service tells of itself while it runs: events for the log, figures for the metrics."""

from app.telemetry.events import EVENTS, REQUEST_ID, throttled
from app.telemetry.figures import (
    CONNECTIONS_REFUSED,
    GAUGES,
    MAILS,
    READY_ANSWERS,
    REFUSALS,
    REPLICA_READS,
    REQUEST_SECONDS,
    REQUESTS,
    SEAL_FAILURES,
    Moment,
)

__all__ = [
    "CONNECTIONS_REFUSED",
    "EVENTS",
    "GAUGES",
    "MAILS",
    "READY_ANSWERS",
    "REFUSALS",
    "REPLICA_READS",
    "REQUESTS",
    "REQUEST_ID",
    "REQUEST_SECONDS",
    "SEAL_FAILURES",
    "Moment",
    "throttled",
]
