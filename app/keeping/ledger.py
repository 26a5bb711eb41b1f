"""The ledger of erasures: accounts that must not come back, whatever a backup holds."""

import json
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID


class LedgerRefused(Exception):
    """A ledger is missing or cannot be read whole."""


def erased_accounts(ledgers: Iterable[Path]) -> set[UUID]:
    """The accounts in ledgers of one JSON object a line, with `account_id` and `erased_at`.

    A last line that was torn off while it was written counts for nothing: its erasure was never
    begun. Raises LedgerRefused.
    """
    return {account_id for path in ledgers for account_id in _read(path)}


def _read(path: Path) -> Iterable[UUID]:
    try:
        *lines, torn = path.read_bytes().split(b"\n")
        found = [UUID(json.loads(line)["account_id"]) for line in lines if line.strip()]
    except OSError:
        raise LedgerRefused("an erasure ledger cannot be read") from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise LedgerRefused("a line of an erasure ledger cannot be read") from None
    try:
        return [*found, UUID(json.loads(torn)["account_id"])] if torn.strip() else found
    except (KeyError, TypeError, ValueError, AttributeError):
        return found
