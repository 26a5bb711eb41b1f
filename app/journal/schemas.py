"""What clients see of the journal beside the entries themselves."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict
from typing_extensions import TypeAliasType

from app.journal.kinds import Entry, EntryPatch, EntryWarning
from app.model import Model
from app.safety.schemas import CrisisResource, Signal
from app.web.paging import MOST_CURSOR_CHARACTERS

MOST_ITEMS = 200
MOST_REVISION = 2**40 - 1
MOST_CURSOR = 2**53 - 1
DEVICE_MARK = r"^[A-Za-z0-9._-]{1,64}$"

Revision = Annotated[int, Field(ge=1, le=MOST_REVISION, json_schema_extra={"format": "int64"})]
Cursor = Annotated[int, Field(ge=0, le=MOST_CURSOR, json_schema_extra={"format": "int64"})]
DeviceMark = Annotated[str, Field(pattern=DEVICE_MARK, max_length=64)]
NextCursor = Annotated[str | None, Field(max_length=MOST_CURSOR_CHARACTERS)]
Code = Annotated[str, Field(max_length=64)]


EntryKind = TypeAliasType(
    "EntryKind",
    Literal["mood", "anxiety", "flashback", "dissociation", "session", "assessment"],
)

SyncOperation = TypeAliasType("SyncOperation", Literal["upsert", "delete"])
STATUSES_TOLD = """What became of an item.

- `applied`: created, changed or deleted
- `unchanged`: the server held just that
- `conflict`: somebody else changed it first: merge with `entry` and `own`, and push again
- `gone`: it was deleted
- `missing`: the server does not know the entry, or cannot open it: send it whole
- `rejected`: it breaks the rule in `error`
"""
SyncStatus = TypeAliasType(
    "SyncStatus",
    Annotated[
        Literal["applied", "unchanged", "conflict", "gone", "missing", "rejected"],
        Field(description=STATUSES_TOLD),
    ],
)


class Shown(Model):
    """An object of an answer. Members are there or absent, never null."""

    model_config = ConfigDict(frozen=True)


class SavedEntry(Shown):
    """A saved entry, and what deserves a look beside it. Nobody reads entries as they arrive."""

    entry: Entry
    warnings: Annotated[list[EntryWarning], Field(max_length=32)]
    """What is unusual and was saved all the same."""
    signals: Annotated[list[Signal], Field(max_length=64)]
    """What the safety rules saw and still holds, answered or not: show those that are `open`.

    Absence of a signal means nothing.
    """
    monitored: Literal[False]
    """Nobody is watching: always false."""
    crisis_resources: Annotated[list[CrisisResource] | None, Field(max_length=32)] = None
    """Where help is; after every dissociation and assessment, and beside every signal."""
    signals_unavailable: bool | None = None
    """True when a rule failed: the save stands, and no signal says nothing at all."""


class SavedCheckIn(Shown):
    """The parts of a check-in, in the order mood, anxiety, flashback."""

    items: Annotated[list[SavedEntry], Field(max_length=3)]
    monitored: Literal[False]
    """Nobody is watching: always false."""


class UnreadableEntry(Shown):
    """An entry, or a version of one, that is kept and does not open: it is damaged, not deleted.

    Keep your own copy. One of this `revision` puts it right: push it whole.
    """

    id: UUID
    revision: Revision


Unreadable = Annotated[list[UnreadableEntry] | None, Field(max_length=MOST_ITEMS)]


class EntryPage(Shown):
    """A page of entries, newest first."""

    items: Annotated[list[Entry], Field(max_length=MOST_ITEMS)]
    next_cursor: NextCursor = None
    """Absent on the last page."""
    unreadable: Unreadable = None
    """What belongs here, or may, and does not open; absent where there is nothing of the kind."""


class EntryVersion(Shown):
    """What an entry said before it was changed."""

    revision: Revision
    recorded_at: Annotated[str, Field(max_length=32, json_schema_extra={"format": "date-time"})]
    device_id: DeviceMark | None = None
    """The `device_id` of the push that wrote it, if one did."""
    entry: Entry


class EntryVersionPage(Shown):
    """Superseded versions, newest first; the current one is not among them."""

    items: Annotated[list[EntryVersion], Field(max_length=MOST_ITEMS)]
    next_cursor: NextCursor = None
    """Absent on the last page."""
    unreadable: Unreadable = None
    """The versions that do not open; absent where all do."""


class SyncOwn(Shown):
    """The newest version of an entry that this very device wrote and another has changed since.

    A client merges on it when `revision` is greater than its own base revision.
    """

    revision: Revision
    entry: Entry


class SyncChange(Shown):
    """The newest state of an entry that changed; a tombstone has no `entry`."""

    id: UUID
    revision: Revision
    deleted: bool
    entry: Entry | None = None
    own: SyncOwn | None = None


class SyncPage(Shown):
    """A page of the change feed."""

    changes: Annotated[list[SyncChange], Field(max_length=MOST_ITEMS)]
    cursor: Cursor
    """What to ask with next."""
    has_more: bool
    """Only this tells the end: a page may be short."""
    unreadable: Unreadable = None
    """What changed and does not open; absent where all does."""


class SyncPushItem(Model):
    """One local change. Each is judged alone, so a bad one never holds up its neighbours."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    op: SyncOperation
    base_revision: Cursor = 0
    """The revision this device last saw of the entry; 0 when it never saw one.

    Above 0, the whole content of an entry that the server lost is taken back as it was accepted
    before. A deletion ignores it.
    """
    data: EntryPatch | None = None
    """For an upsert: `kind`, and the whole draft of a new entry or the changed members."""


A_PUSH: JsonDict = {
    "device_id": "phone-3f9c",
    "changes": [
        {
            "id": "0197c0de-0171-7000-8000-000000000171",
            "op": "upsert",
            "data": {
                "kind": "mood",
                "occurred_at": "2026-03-14T08:10:00-04:00",
                "time_zone": "America/New_York",
                "score": 6,
            },
        },
        {"id": "0197c0de-0172-7000-8000-000000000172", "op": "delete", "base_revision": 417},
    ],
}


class SyncPush(Model):
    """What a device brings: 1 to 200 changes, in the order they are to be carried out."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [A_PUSH]})

    device_id: DeviceMark
    """A mark of origin that the client made when it was installed; it grants nothing.

    It is not the `id` of a signed-in device, which is a new one at each sign-in.
    """
    changes: Annotated[list[SyncPushItem], Field(min_length=1, max_length=MOST_ITEMS)]


class SyncEnvelope(Model):
    """The part of a push that is validated as a whole; its items are judged one by one.

    They come from the strict reading: to ask here once more whether each of their values is JSON
    would copy all of them.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    device_id: DeviceMark
    changes: Annotated[list[object], Field(min_length=1)]


class SyncError(Shown):
    """Why an item was rejected; never with a value of it."""

    code: Code
    pointer: Annotated[str, Field(max_length=256)]
    """Into `data`; where the item itself is wrong, at its member."""
    message: Annotated[str, Field(max_length=256)]


class SyncResult(Shown):
    """What became of one item, and the entry as it stands now."""

    status: SyncStatus
    id: UUID | None = None
    """Absent when the item had none."""
    revision: Revision | None = None
    """Absent when the server knows no such entry."""
    deleted: bool | None = None
    entry: Entry | None = None
    own: SyncOwn | None = None
    error: SyncError | None = None


class SyncResults(Shown):
    """One result for each item, in the order of the request."""

    results: Annotated[list[SyncResult], Field(max_length=MOST_ITEMS)]
