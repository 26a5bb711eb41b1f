"""What the patient's client sees of shares."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue, WithJsonSchema
from typing_extensions import TypeAliasType

from app.journal.kinds.content import Shape
from app.journal.kinds.values import Different, EntryId, Instant, Maybe, Within
from app.journal.schemas import MOST_ITEMS, EntryKind, NextCursor, Shown
from app.sharing.dates import LocalDate
from app.sharing.lifecycle import MOST_TRIES, ShareStatus
from app.web.paging import Lacking

KINDS_AT_MOST = 6
MOST_OPENINGS = 1000
MOST_DAYS = 731
MOST_COUNTED = 2**31 - 1
DEFAULT_LABEL = "Journal"

ShareKind = TypeAliasType("ShareKind", Literal["passcode", "direct"])
ShareMode = TypeAliasType("ShareMode", Literal["snapshot", "live"])
ShareAccessVia = TypeAliasType("ShareAccessVia", Literal["manifest", "direct", "file"])
ShareAccessOutcome = TypeAliasType(
    "ShareAccessOutcome", Literal["opened", "wrong_passcode", "no_passcode", "refused"]
)

ShareLabel = Annotated[str, Field(min_length=1, max_length=80)]
SubjectName = Annotated[str, Field(min_length=1, max_length=80)]
PrivateNote = Annotated[str, Field(min_length=1, max_length=200)]
Passcode = Annotated[str, Field(min_length=6, max_length=64)]
OpeningLimit = Annotated[int, Within(1, MOST_OPENINGS)]
Counted = Annotated[int, Within(0, MOST_COUNTED)]
TriesLeft = Annotated[int, Within(0, MOST_TRIES)]
ServerTime = Annotated[
    datetime, WithJsonSchema({"type": "string", "format": "date-time", "maxLength": 32})
]

EXAMPLE: dict[str, JsonValue] = {
    "id": "0197c0de-0070-7000-8000-000000000070",
    "kind": "passcode",
    "mode": "snapshot",
    "scope": {
        "kinds": ["mood", "anxiety", "session"],
        "from": "2026-03-01",
        "to": "2026-05-31",
        "include_notes": False,
    },
    "expires_at": "2026-06-08T12:00:00Z",
    "label": "Journal",
    "subject_name": "M.",
    "private_note": "for Dr Lee",
}


class ShareScope(Shape):
    """Which part of the journal the reader sees; everything is computed from it alone."""

    model_config = ConfigDict(serialize_by_alias=True)

    kinds: Annotated[list[EntryKind], Different(KINDS_AT_MOST)]
    first: Maybe[LocalDate] = Field(default=None, alias="from")
    """First local date, included; tomorrow at the latest. Needed, unless `last_days` is given."""
    last: Maybe[LocalDate] = Field(default=None, alias="to")
    """Last local date, included. A live share may leave it out: then it is today. A link shows at
    most 731 days; of one that grows beyond them the oldest fall out. Of days to come the reader
    sees sessions that are planned or called off; trends and report end today."""
    last_days: Maybe[Annotated[int, Within(1, MOST_DAYS)]] = None
    """So many days up to today, today included; of a live share only, and without dates."""
    include_notes: bool = False
    """Every free text: notes, tags, the intention of sessions."""
    include_signals: bool = False
    """What the safety rules notice in what is shared; about an answer, only with answers."""
    include_assessment_item_answers: bool = False
    """Every answer of every questionnaire, the question about self-harm too; else only scores."""


class ShareDraft(Shape):
    """A link to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: EntryId
    """UUID made by the client, version 7 preferred, 4 accepted."""
    kind: ShareKind
    """`passcode` for a message or letter, `direct` for a QR code shown in the room."""
    mode: ShareMode
    """`snapshot` freezes the content now, at most 5,000 entries; `live` computes it at each
    opening. A `direct` link is always a `snapshot`."""
    scope: ShareScope
    expires_at: Maybe[Instant] = None
    """At least a minute ahead. `passcode`: in 7 days unless given, at most 90 days. `direct`: in
    1 hour unless given, at most 48 hours."""
    passcode: Maybe[Passcode] = None
    """Of a `passcode` link only; made by the server when absent. Compared exactly."""
    max_openings: Maybe[OpeningLimit] = None
    """The link ends after so many successful openings."""
    label: ShareLabel = DEFAULT_LABEL
    """It travels in clear in the link: no diagnosis, no medicine, no full name."""
    subject_name: Maybe[SubjectName] = None
    """The name or alias the reader sees; nothing of the profile is used."""
    private_note: Maybe[PrivateNote] = None
    """Only the patient sees it."""


class Share(Shown):
    """A link as its owner sees it."""

    id: UUID
    kind: ShareKind
    mode: ShareMode
    scope: ShareScope
    expires_at: ServerTime
    max_openings: OpeningLimit | None = None
    label: ShareLabel
    subject_name: SubjectName | None = None
    private_note: PrivateNote | None = None
    status: ShareStatus
    """`locked` is out of tries. Every other status than `active` is final."""
    created_at: ServerTime
    tries_left: TriesLeft
    """Wrong passcodes the link still bears in all its life."""
    openings: Counted
    first_opened_at: ServerTime | None = None
    """Absent: not opened yet."""
    last_opened_at: ServerTime | None = None
    link: Annotated[str, Field(max_length=2048)] | None = None
    """The link to hand over; only from creating and reading one active share."""
    passcode: Passcode | None = None
    """Of a `passcode` link, where `link` is present; to be sent by another way than the link."""


class SharePage(Shown):
    """A page of shares, newest first, without links and passcodes."""

    items: Annotated[list[Share], Field(max_length=MOST_ITEMS)]
    next_cursor: NextCursor = None
    """Absent on the last page."""
    unreadable: Lacking = None
    """Links that belong here and do not open; absent where all do. They can be withdrawn."""


class ShareAccess(Shown):
    """One opening of a link, or an attempt. No address of the reader is kept."""

    at: ServerTime
    via: ShareAccessVia
    outcome: ShareAccessOutcome
    """`refused`: the link was already dead."""
    tries_left: TriesLeft | None = None
    recipient: Annotated[str, Field(max_length=120)] | None = None
    """A claim: what the reader typed as a name."""
    recipient_unreadable: bool | None = None
    """True where a name was typed and does not open here; absent else."""
    client: Annotated[str, Field(max_length=64)]
    """Roughly what was used, such as "browser on a computer"."""


class ShareAccessPage(Shown):
    """A page of openings and attempts, newest first."""

    items: Annotated[list[ShareAccess], Field(max_length=MOST_ITEMS)]
    next_cursor: NextCursor = None
    """Absent on the last page."""
