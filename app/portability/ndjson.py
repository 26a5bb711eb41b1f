"""The complete export: one JSON object a line, each saying by `type` what it is."""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator

from pydantic_core import to_json

from app.accounts.own_data import own_data
from app.audit.own_data import own_events
from app.database import instant_text
from app.journal.kinds import KINDS
from app.journal.stored import StoredEntry
from app.portability.source import ExportSource
from app.portability.store import load_imports
from app.sharing.own_data import own_shares
from app.vault import Closed

FORMAT = "afterglow-export"
VERSION = 1


async def ndjson_lines(source: ExportSource) -> AsyncGenerator[bytes]:
    """Every line. The last one counts the others, so that a file that was cut off shows it."""
    counts: Counter[str] = Counter()
    async for kind, members in _objects(source):
        counts[kind] += 1
        yield b'{"type":"%b",%b\n' % (kind.encode(), members[1:])
    told = to_json({"type": "end", "lines": counts.total(), "counts": dict(sorted(counts.items()))})
    yield told + b"\n"


async def _objects(source: ExportSource) -> AsyncIterator[tuple[str, bytes]]:
    """What each line is, and its other members as JSON; at the end what does not open is named."""
    yield "manifest", to_json({"format": FORMAT, "version": VERSION, "exported_at": source.now})
    for part in (_of_account, _of_journal, _of_signals, _of_shares, _of_past):
        async for told in part(source):
            yield told
    for each in source.unreadable():
        yield "unreadable", to_json(each)


async def _of_account(source: ExportSource) -> AsyncIterator[tuple[str, bytes]]:
    own = await own_data(source.snapshot, source.keys)
    source.lacks(own.closed)
    yield "account", own.account.model_dump_json(exclude_none=True).encode()
    if own.profile is not None:
        yield "profile", own.profile.model_dump_json(exclude_none=True).encode()
    for device in own.devices:
        yield "device", device.model_dump_json(exclude_none=True).encode()
    for passkey in own.passkeys:
        yield "passkey", passkey.model_dump_json(exclude_none=True).encode()


async def _of_journal(source: ExportSource) -> AsyncIterator[tuple[str, bytes]]:
    """Sessions stand before what is linked to them, so that an import reads them first."""
    for entries in (source.journal.sessions(), source.journal.others()):
        async for entry in entries:
            yield "entry", _entry(entry)
    async for past, device_id in source.journal.superseded():
        yield "superseded", _past(past, device_id)
    async for tombstone in source.journal.tombstones():
        yield "deleted", _tombstone(tombstone)


async def _of_signals(source: ExportSource) -> AsyncIterator[tuple[str, bytes]]:
    async for signals in source.signals():
        for signal in signals:
            yield "signal", b'{"signal":%b}' % signal.model_dump_json(exclude_none=True).encode()


async def _of_shares(source: ExportSource) -> AsyncIterator[tuple[str, bytes]]:
    async for own in own_shares(source.snapshot, source.keys, source.now):
        log = [each.model_dump(mode="json", exclude_none=True) for each in own.accesses]
        told: dict[str, object] = {"id": str(own.id)}
        if own.share is None:
            source.lacks([Closed("share", own.id)])
        else:
            told = own.share.model_dump(mode="json", exclude_none=True)
        yield "share", to_json({"share": told, "accesses": log})


async def _of_past(source: ExportSource) -> AsyncIterator[tuple[str, bytes]]:
    """What was brought in, and what was ever done with all this."""
    for each in await load_imports(source.snapshot, source.keys.account_id):
        told = {name: value for name, value in each._asdict().items() if value is not None}
        yield "import", to_json(told)
    async for event in own_events(source.snapshot, source.keys.account_id):
        yield "audit_event", event.model_dump_json(exclude_none=True).encode()


def _entry(entry: StoredEntry) -> bytes:
    """With the version of its content, so that a later release can still read it in."""
    version = KINDS[entry.kind].content_version
    return b'{"content_version":%d,"entry":%b}' % (version, entry.json())


def _past(past: StoredEntry, device_id: str | None) -> bytes:
    device = b'"device_id":"%b",' % device_id.encode() if device_id else b""
    return b'{%b"recorded_at":"%b","entry":%b}' % (
        device,
        instant_text(past.updated_at),
        past.json(),
    )


def _tombstone(entry: StoredEntry) -> bytes:
    return b'{"id":"%b","revision":%d,"deleted_at":"%b"}' % (
        str(entry.id).encode(),
        entry.revision,
        instant_text(entry.updated_at),
    )
