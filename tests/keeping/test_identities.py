"""Identities are private files, and a mistyped recipient is refused."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from app.keeping.identities import (
    IdentityRefused,
    make_identity,
    read_identity,
    read_recipient,
    written_recipient,
)
from app.keeping.ledger import LedgerRefused, erased_accounts


def test_an_identity_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "identity.txt"
    recipient = make_identity(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert written_recipient(read_identity(path).public_key()) == recipient
    assert written_recipient(read_recipient(recipient)) == recipient
    with pytest.raises(IdentityRefused):
        make_identity(path)
    path.chmod(0o640)
    with pytest.raises(IdentityRefused, match="chmod 600"):
        read_identity(path)


def test_a_mistyped_recipient_is_refused_at_every_place(tmp_path: Path) -> None:
    recipient = make_identity(tmp_path / "identity.txt")
    for place in range(len(recipient)):
        wrong = "A" if recipient[place] != "A" else "B"
        with pytest.raises(IdentityRefused):
            read_recipient(recipient[:place] + wrong + recipient[place + 1 :])
    for wrong in ("", recipient[:-1], recipient[:-4], recipient + "AAAA", "ü"):
        with pytest.raises(IdentityRefused):
            read_recipient(wrong)


def test_an_identity_is_no_recipient_and_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "identity.txt"
    make_identity(path)
    secret = path.read_text().splitlines()[-1]
    with pytest.raises(IdentityRefused) as refused:
        read_recipient(secret)
    assert secret[30:40] not in str(refused.value)
    path.write_text("# nothing here\n")
    with pytest.raises(IdentityRefused):
        read_identity(path)


def ledger_line(account_id: object) -> str:
    return json.dumps({"account_id": str(account_id), "erased_at": "2026-06-01T12:00:00Z"})


def test_ledgers_are_read_together_and_a_torn_last_line_counts_for_nothing(tmp_path: Path) -> None:
    first, second, third = uuid4(), uuid4(), uuid4()
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text(f"{ledger_line(first)}\n{ledger_line(second)}")
    two.write_text(f"{ledger_line(third)}\n{ledger_line(uuid4())[:30]}")
    assert erased_accounts([one, two]) == {first, second, third}


def test_a_ledger_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with pytest.raises(LedgerRefused):
        erased_accounts([path])
    for wrong in ("not json\n", "[]\n", '{"account_id": 5}\n', '{"account_id": "x"}\n', "{}\n"):
        path.write_text(f"{ledger_line(uuid4())}\n{wrong}")
        with pytest.raises(LedgerRefused):
            erased_accounts([path])
