"""The export as a FHIR R4 Bundle, in the words that shares use."""

from collections.abc import AsyncGenerator
from datetime import datetime

from pydantic_core import from_json, to_json

from app.portability.source import ExportSource
from app.sharing.fhir import BundlePortions


async def bundle_pieces(source: ExportSource) -> AsyncGenerator[bytes]:
    """The Bundle's JSON: Patient, entries by time, then signals. Only sessions' times are held.

    What does not open is named at the end.
    """
    portions = BundlePortions(source.keys.account_id, await _sessions(source))
    yield b'{"resourceType":"Bundle","type":"collection","timestamp":"%b","entry":[%b' % (
        source.now.isoformat().encode(),
        to_json(portions.patient()),
    )
    async for entries in source.journal.in_time():
        for resource in portions.entries(from_json(entry.json()) for entry in entries):
            yield b"," + to_json(resource)
    async for signals in source.signals():
        raised_by = await source.journal.some(sorted({each.entry_id for each in signals}))
        told = [from_json(each.model_dump_json(exclude_none=True)) for each in signals]
        for resource in portions.signals(told, [entry.payload for entry in raised_by]):
            yield b"," + to_json(resource)
    for resource in portions.unreadable(source.unreadable()):
        yield b"," + to_json(resource)
    yield b"]}"


async def _sessions(source: ExportSource) -> dict[str, datetime]:
    return {
        str(each.id): datetime.fromisoformat(each.payload["occurred_at"])
        async for each in source.journal.sessions()
    }
