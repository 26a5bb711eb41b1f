"""Answers of the journal, put together from JSON that was written once."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from app.journal.journal import Saved
from app.journal.reading import JournalState


def saved_json(saved: Saved) -> bytes:
    """The `SavedEntry` of a save."""
    warnings = [json.dumps(asdict(each)).encode() for each in saved.warnings]
    members = [
        b'"entry":' + saved.entry.json(),
        b'"warnings":[%b]' % b",".join(warnings),
        b'"signals":' + saved.sightings.signals,
        b'"monitored":false',
    ]
    if saved.sightings.crisis_resources is not None:
        members.append(b'"crisis_resources":' + saved.sightings.crisis_resources)
    if saved.sightings.unavailable:
        members.append(b'"signals_unavailable":true')
    return b"{%b}" % b",".join(members)


def check_in_json(parts: Sequence[Saved]) -> bytes:
    """The `SavedCheckIn` of a check-in."""
    return b'{"items":[%b],"monitored":false}' % b",".join(saved_json(part) for part in parts)


def list_tag(account_id: UUID, state: JournalState, *query: object) -> str:
    """The strong ETag of what is computed from the state of an account's journal and a query.

    Without the account a device would take what it keeps of one patient for what the next one who
    signs in there has.
    """
    told = json.dumps([account_id, *state, *query], default=str).encode()
    digest = urlsafe_b64encode(hashlib.sha256(told).digest()).decode()
    return f'"{digest[:22]}"'
