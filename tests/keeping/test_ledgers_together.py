"""How ledgers are put together after a restore, as the page for operators writes it."""

import json
import re
import subprocess
from pathlib import Path
from uuid import UUID, uuid4

from app.keeping.ledger import erased_accounts
from app.portability.ledger import ErasureLedger

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


def as_written(files: str, ledger: str) -> str:
    """The page's lines, with names in place of `FILE FILE` and `LEDGER`."""
    found = re.search(r"```sh\n( +for each in FILE FILE;.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    return found[1].replace("FILE FILE", files).replace("LEDGER", ledger)


def line(account_id: UUID) -> str:
    """One erasure."""
    return json.dumps({"account_id": str(account_id), "erased_at": "2026-11-30T12:00:00+00:00"})


def test_no_erasure_is_lost_where_the_ledger_is_one_of_the_files(tmp_path: Path) -> None:
    here, elsewhere, torn = uuid4(), uuid4(), uuid4()
    (tmp_path / "erasures.jsonl").write_text(f"{line(here)}\n{line(torn)[:40]}")
    (tmp_path / "copy").write_text(f"{line(elsewhere)}\n")
    (tmp_path / "of nobody").touch()
    script = as_written("erasures.jsonl copy 'of nobody'", "erasures.jsonl")
    subprocess.run(["sh", "-ec", script], cwd=tmp_path, check=True)
    ledger = tmp_path / "erasures.jsonl"
    assert erased_accounts([ledger]) == {here, elsewhere}
    assert [each.account_id for each in ErasureLedger(ledger).lines()] == [here, elsewhere]
    assert ledger.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "copy",
        "erasures.jsonl",
        "of nobody",
    ]
