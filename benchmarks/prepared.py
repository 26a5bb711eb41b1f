"""What the reference is given: Afterglow's own answers, and a value as long as a sealed one."""

from datetime import date
from uuid import UUID

from app.clock import system_clock
from app.journal.kinds import read_content
from app.journal.stored import StoredEntry
from app.vault import PatientKeys
from benchmarks.diary import members_of
from benchmarks.ground import Ground
from benchmarks.load import ask
from benchmarks.operations import OPERATIONS
from benchmarks.servers import Server


def keep_answers(ground: Ground, afterglow: Server) -> None:
    """One answer of each operation, for bare to give."""
    for operation in OPERATIONS:
        answer = ask(afterglow.port, operation.make(ground, 0)(0))
        (ground.folder / "answers" / operation.name).write_bytes(answer)


def keep_sealed(ground: Ground) -> None:
    """A mood, sealed under a key that nobody has."""
    entry = StoredEntry(UUID(int=1), 1, system_clock(), system_clock())
    content = read_content("mood", members_of("mood", date(2026, 1, 1), 8), imported=True)
    entry.write(PatientKeys(UUID(int=1), {1: bytes(32)}), content)
    (ground.folder / "answers" / "sealed").write_bytes(entry.sealed or b"")
