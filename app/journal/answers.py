"""Answers of the journal, put together from JSON that was written once."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from app.journal.journal import Saved


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
