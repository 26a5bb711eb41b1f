"""What clients send and are told of imports."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from typing_extensions import TypeAliasType

from app.journal.kinds.content import Shape
from app.journal.kinds.values import Different, EntryId, Maybe, Scale, Within, ZoneName
from app.journal.schemas import Shown
from app.model import Choice

MOST_CHARACTERS = 1024 * 1024
MOST_NAMES = 200
MOST_TOLD = 200
MOST_COUNTED = 2**31 - 1

Diary = TypeAliasType("Diary", Literal["afterglow", "daylio", "bearable"])
DiaryName = Annotated[str, Field(min_length=1, max_length=200)]
Counted = Annotated[int, Within(0, MOST_COUNTED)]
RowNumber = Annotated[int, Within(1, MOST_COUNTED)]
ImportAction = TypeAliasType("ImportAction", Literal["preview", "commit", "undo"])


class MoodName(Shape):
    """What a mood that the diary calls by a name is worth here."""

    name: DiaryName
    """As the diary writes it; upper and lower case make no difference."""
    score: Scale
    """0 worst, 10 best imaginable."""


class ImportedFile(Shape):
    """A file as another diary, or our own export, has written it."""

    diary: Diary
    """Who wrote it."""
    content: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]
    """Its text. A body is at most 1 MiB and brings at most 1,000 entries: split larger files."""
    time_zone: Maybe[ZoneName] = None
    """Where the diary was kept, for diaries that do not say; the profile's zone without it."""
    scores: Maybe[Annotated[list[MoodName], Field(min_length=1, max_length=MOST_NAMES)]] = None
    """For moods that the patient has named otherwise; of Daylio."""
    mood_top: Maybe[Annotated[int, Within(5, 10)]] = None
    """The highest rating of a mood, 10 without it; of Bearable."""
    anxiety_names: Maybe[Annotated[list[DiaryName], Different(MOST_NAMES)]] = None
    """Names of symptoms that are anxiety, `Anxiety` without it; of Bearable."""


class ImportPreview(ImportedFile):
    """Try an import; nothing is kept of it."""

    action: Literal["preview"]


class ImportCommit(ImportedFile):
    """Carry an import out."""

    action: Literal["commit"]
    id: EntryId
    """UUID made by the client; the parts of a split file share it, to be undone together."""


class ImportUndo(Shape):
    """Take out again what an import has made and the patient has not changed since."""

    action: Literal["undo"]
    id: EntryId
    """The id of the import."""


AnyImportRequest = Annotated[
    ImportPreview | ImportCommit | ImportUndo, Field(discriminator="action")
]


class ImportRequest(Choice):
    """An import: tried, carried out or undone."""

    root: AnyImportRequest


class RefusedRow(Shown):
    """A row that cannot become an entry. Its content is not repeated."""

    row: RowNumber
    """Counted from 1; the heading of a table is row 1."""
    code: Annotated[str, Field(max_length=64)]
    pointer: Annotated[str | None, Field(max_length=200)] = None
    """The column of a table, or the member of an entry, that is at fault."""


class FoundName(Shown):
    """A name of the diary that a meaning may be given to."""

    name: DiaryName
    rows: Counted
    known: bool
    """Whether it has a meaning already."""


class ImportReport(Shown):
    """What became of each row, in numbers; a preview tells what would."""

    action: ImportAction
    id: UUID | None = None
    """Absent in a preview."""
    rows: Counted
    """Rows of the file, without the heading."""
    created: Counted
    """New entries."""
    known: Counted
    """Rows whose entry is here already; it stays as it is."""
    deleted: Counted
    """Rows whose entry the patient has deleted; it stays deleted."""
    skipped: Counted
    """Rows that have no place in this journal."""
    refused_count: Counted
    """Rows that break a rule."""
    removed: Counted
    """Entries that an undo took out."""
    kept: Counted
    """Entries that an undo left: changed or deleted since, or a session that others name."""
    refused: Annotated[list[RefusedRow], Field(max_length=MOST_TOLD)]
    """The first of them."""
    names: Annotated[list[FoundName], Field(max_length=MOST_NAMES)]
    """Names in the file; those without a meaning come first."""
