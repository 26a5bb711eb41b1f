"""The audit chain of each account: what was done with its data, by whom, when."""

from app.audit.actions import AuditAction, Outcome
from app.audit.chain import (
    LAST_APPENDED,
    Actor,
    AuditEvent,
    ChainClosed,
    ChainMissing,
    append_event,
    append_if_there,
    begin_chain,
    chain_is_open,
    close_chain,
    newest_hash,
)

__all__ = [
    "LAST_APPENDED",
    "Actor",
    "AuditAction",
    "AuditEvent",
    "ChainClosed",
    "ChainMissing",
    "Outcome",
    "append_event",
    "append_if_there",
    "begin_chain",
    "chain_is_open",
    "close_chain",
    "newest_hash",
]
