"""The ledger of erasures: a file apart from the database, written before anything is erased."""

import json
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from app.append_only import AppendOnlyFile


class LedgerBroken(Exception):
    """The ledger cannot be written, is gone, or a whole line of it cannot be read."""


class Erased(NamedTuple):
    """One line: this account was to be erased, from this instant on."""

    account_id: UUID
    erased_at: datetime

    def line(self) -> bytes:
        """As it stands in the file, with its newline."""
        row = {"account_id": str(self.account_id), "erased_at": self.erased_at.isoformat()}
        return json.dumps(row).encode() + b"\n"


class ErasureLedger:
    """Append-only JSON lines. What is in it is on disk when `append` returns."""

    def __init__(self, path: Path) -> None:
        """The file is made, readable by its owner alone, with its first line."""
        self._file = AppendOnlyFile(path)
        self._was_there = False

    def begin(self) -> None:
        """Make an empty one, unless it is there. Raises LedgerBroken."""
        try:
            self._file.make()
        except OSError:
            raise LedgerBroken("the ledger of erasures cannot be made") from None

    def is_there(self) -> bool:
        """Whether there is one: where nobody was erased yet there may be none.

        Raises LedgerBroken where that cannot be seen.
        """
        try:
            return self._file.is_there()
        except OSError:
            raise LedgerBroken("the ledger of erasures cannot be looked at") from None

    def check(self) -> None:
        """Raises LedgerBroken when one that was there is gone, or cannot be looked at."""
        there = self.is_there()
        if self._was_there and not there:
            raise LedgerBroken("the ledger of erasures is gone")
        self._was_there = there

    def append(self, erased: Erased) -> None:
        """Write one line and wait for the disk. Raises LedgerBroken."""
        self.check()
        try:
            self._file.append(lambda _before: erased.line().rstrip(b"\n"))
        except OSError:
            raise LedgerBroken("the ledger of erasures cannot be written") from None
        self._was_there = True

    def lines(self) -> list[Erased]:
        """Every line, the oldest first. A last line that was torn off counts for nothing.

        Its erasure never began, and nobody was told that it was done. Raises LedgerBroken.
        """
        self.check()
        try:
            return [_read(line) for line in self._file.lines()]
        except OSError:
            raise LedgerBroken("the ledger of erasures cannot be read") from None


def _read(line: bytes) -> Erased:
    try:
        row = json.loads(line)
        return Erased(UUID(row["account_id"]), datetime.fromisoformat(row["erased_at"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise LedgerBroken("a line of the ledger of erasures cannot be read") from None
