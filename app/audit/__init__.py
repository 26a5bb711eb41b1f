"""The audit chain of each account: what was done with its data, by whom, when."""

from app.audit.chain import Actor, AuditEvent, append_event, begin_chain

__all__ = ["Actor", "AuditEvent", "append_event", "begin_chain"]
