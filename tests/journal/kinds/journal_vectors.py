"""The vectors of the journal's kinds, and small ways to read and judge an entry."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from app.journal.kinds import (
    KINDS,
    Draft,
    EntryRefused,
    LinkedSession,
    RuleContext,
    judge,
    read_draft,
)

VECTORS = Path(__file__).parents[2] / "vectors"
NOW = datetime.fromisoformat("2026-06-01T12:00:00Z")
FIRST_EXAMPLES = {name: kind.examples[0] for name, kind in KINDS.items()}

Members = dict[str, Any]  # JSON, as tests write it


def vectors(name: str) -> Members:
    """A vector file."""
    told: Members = json.loads((VECTORS / name).read_text())
    return told


def session_of(members: Members) -> LinkedSession:
    """A session as other entries' rules see it."""
    instant = datetime.fromisoformat(members["occurred_at"])
    return LinkedSession(UUID(members["id"]), members["status"], instant)


SESSIONS = [session_of(given) for given in vectors("entry_validation.json")["given"]]
SESSIONS.append(session_of(FIRST_EXAMPLES["session"]))
DOSED, CANCELLED, _ = SESSIONS


def context_of(draft: Draft, now: datetime = NOW) -> RuleContext:
    """What the journal would look up for this draft."""
    linked = {session.id: session for session in SESSIONS}.get(
        draft.content.linked_session_id or UUID(int=0)
    )
    return RuleContext(now=now, linked_session=linked)


def faults_of(body: object, now: datetime = NOW) -> set[tuple[str, str | None]]:
    """Code and pointer of everything that is wrong with a draft; empty when it may be saved."""
    try:
        draft = read_draft(body)
    except EntryRefused as refused:
        faults = refused.faults
    else:
        faults = judge(draft.content, context_of(draft, now))
    told = [(fault.code, fault.pointer) for fault in faults]
    assert len(told) == len(set(told)), "a fault is told once"
    return set(told)


def example(kind: str, /, **members: object) -> Members:
    """The first example of a kind with other members; None leaves one out."""
    changed = FIRST_EXAMPLES[kind] | members
    return {name: value for name, value in changed.items() if value is not None}
