"""`python -m tests.faults.power`: the power goes at any moment, and SQLite opens what is left.

A service writes for its phones while every call on its database's files is recorded, and every
acknowledgement between them. Then disks are rebuilt as they may be after a loss of power between
two calls: what was synced is there; of the rest nothing, everything, or a part in any order, whole
or torn at sectors. Each has to be whole and hold whatever was acknowledged until then.
"""

import json
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Annotated, NamedTuple
from uuid import UUID

import httpx
import typer

from app.vault.keyring import make_ring_file
from tests.engines import sqlite_url
from tests.faults.answers import REFRESH
from tests.faults.disk import Call, File, Record, Stream, between
from tests.faults.disks import FILE
from tests.faults.images import Fate, Surface, surfaces
from tests.faults.kill import FOUND_SOMETHING, TOKENS, heard_by, newcomers
from tests.faults.phones import revisions_of
from tests.faults.syscalls import at_work
from tests.process import served

NAMES = {File.DATABASE: "image.db", File.WAL: "image.db-wal"}
ENTRIES = "SELECT id, revision FROM entry"
FATES = tuple(Fate)
command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Recording(NamedTuple):
    """The files before the first call, and all calls."""

    initial: Mapping[File, bytes]
    records: list[Record]


@dataclass(slots=True)
class Outcome:
    """What the images held; `corrupt` are those that SQLite does not open or finds broken."""

    calls: Counter[str] = field(default_factory=Counter)
    images: Counter[Fate] = field(default_factory=Counter)
    acknowledged: int = 0
    corrupt: int = 0
    lost: int = 0

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        return not (self.corrupt or self.lost)


@command.command()
def main(
    images: Annotated[int, typer.Option(min=1)] = 20_000,
    changes: Annotated[int, typer.Option(help="Acknowledged while recording.", min=1)] = 3000,
    seed: int = 1,
) -> None:
    """Record, rebuild, open; exit 1 when a promise is broken."""
    with tempfile.TemporaryDirectory(prefix="agpower") as folder:
        recording = recorded(Path(folder), changes, seed)
        outcome = opened(Path(folder), recording, images, seed)
    typer.echo(told(outcome))
    if not outcome.holds:
        raise typer.Exit(FOUND_SOMETHING)


def told(outcome: Outcome) -> str:
    """The outcome in a few lines."""
    calls = ", ".join(f"{number:,} × {name}" for name, number in sorted(outcome.calls.items()))
    fates = ", ".join(f"{outcome.images[fate]:,} {fate.value}" for fate in FATES)
    return (
        f"recorded: {calls}; {outcome.acknowledged:,} acknowledged entries\n"
        f"{outcome.images.total():,} images (what was not synced is {fates}): {outcome.corrupt} "
        f"corrupt, {outcome.lost} acknowledged entries lost"
    )


def recorded(folder: Path, changes: int, seed: int = 1) -> Recording:
    """Let a service acknowledge so many changes, and record what it does to its files."""
    make_ring_file(folder / "keys.json")
    url = sqlite_url(folder)
    file = Path(url.removeprefix(FILE))
    wal = file.with_name(file.name + "-wal")
    if wal.exists():
        raise AssertionError("the database is still open")
    initial = {File.DATABASE: file.read_bytes()}
    environment = between(folder, file) | {"FAULTY_STREAM": str(folder / "stream")}
    with Stream(folder / "stream") as stream:
        with served(url, folder, TOKENS | environment) as service:
            phones = newcomers(service, Random(seed))  # noqa: S311 - nothing secret
            for phone in phones:
                phone.listener = marker(stream)
            with at_work(service, phones):
                while sum(phone.changes for phone in phones) < changes:
                    time.sleep(0.05)
        if wrong := heard_by(phones).wrong:
            raise AssertionError(f"wrong answers: {wrong}")
        return Recording(initial, [*stream.records()])


def marker(stream: Stream) -> Callable[[httpx.Response], None]:
    """Writes into the stream what an answer acknowledges."""

    def mark(answer: httpx.Response) -> None:
        is_change = answer.request.method != "GET" and answer.request.url.path != REFRESH
        if is_change and answer.is_success:
            answer.read()
            stream.acknowledged(json.dumps(revisions_of(answer.json())).encode())

    return mark


def opened(folder: Path, recording: Recording, images: int, seed: int = 1) -> Outcome:
    """Rebuild and open so many disks of the recording."""
    outcome = Outcome(calls=Counter(name_of(each) for each in recording.records))
    random = Random(seed)  # noqa: S311 - nothing secret
    points = Counter(random.randint(0, len(recording.records)) for _ in range(images))
    known: dict[UUID, int] = {}
    for number, disk in enumerate(_disks(recording, known)):
        for _ in range(points[number]):
            fate = FATES[outcome.images.total() % len(FATES)]
            _write(folder, disk, fate, random)
            whole, there = looked_at(folder / NAMES[File.DATABASE])
            outcome.images[fate] += 1
            outcome.corrupt += not whole
            outcome.lost += sum(there.get(entry, 0) < known[entry] for entry in known)
    outcome.acknowledged = len(known)
    return outcome


def name_of(record: Record) -> str:
    """The call and its file, in words."""
    if record.call is Call.ACKNOWLEDGED:
        return "acknowledgement"
    return f"{record.call.name.lower()} of the {record.file.name.lower()}"


def looked_at(file: Path) -> tuple[bool, dict[UUID, int]]:
    """Whether a database is whole, and the revision of each of its entries."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            told = connection.execute("PRAGMA integrity_check").fetchone()[0]
            rows = connection.execute(ENTRIES).fetchall()
    except sqlite3.DatabaseError:
        return False, {}
    return told == "ok", {as_uuid(entry): revision for entry, revision in rows}


def as_uuid(stored: bytes | str) -> UUID:
    """An id as SQLite keeps it."""
    return UUID(bytes=stored) if isinstance(stored, bytes) else UUID(stored)


def _disks(recording: Recording, known: dict[UUID, int]) -> Iterator[dict[File, Surface]]:
    """The disk before the first call and after each; `known` grows by what was acknowledged."""
    disk = surfaces(recording.initial)
    yield disk
    for record in recording.records:
        if record.call is Call.ACKNOWLEDGED:
            known |= _newer(known, json.loads(record.data))
        elif record.file is File.JOURNAL:
            raise AssertionError("a journal besides the WAL was written")
        elif record.file in disk:
            disk[record.file].take(record)
        yield disk


def _newer(known: Mapping[UUID, int], told: Mapping[str, int]) -> dict[UUID, int]:
    pairs: Iterable[tuple[UUID, int]] = ((UUID(entry), told[entry]) for entry in told)
    return {entry: max(revision, known.get(entry, 0)) for entry, revision in pairs}


def _write(folder: Path, disk: Mapping[File, Surface], fate: Fate, random: Random) -> None:
    for path in folder.glob("image.db*"):
        path.unlink()
    for file, surface in disk.items():
        (folder / NAMES[file]).write_bytes(surface.after(fate, random))


if __name__ == "__main__":
    command()
