"""`afterglow keys` as an operator runs it."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from app.audit import begin_chain
from app.cli import cli
from app.clock import system_clock
from app.commands.keys import keys
from app.database import Transaction
from app.journal.store import make_journal
from app.vault import KeyRing, Vault
from app.vault.keyring import make_ring_file
from tests.engines import ENGINES, open_whole
from tests.keeping.conftest import NewUrl

README = (Path(__file__).parents[2] / "README.md").read_text()


@dataclass(frozen=True, slots=True)
class Desk:
    """A database with one patient's key in it, and the ring beside it."""

    url: str
    ring: Path

    def run(self, *words: str) -> Result:
        """An `afterglow` command; what it prints holds no key."""
        settings = {"AFTERGLOW_DATABASE_URL": self.url, "AFTERGLOW_KEYS_FILE": str(self.ring)}
        done = CliRunner().invoke(cli, words, env=settings)
        assert done.exception is None or isinstance(done.exception, SystemExit)
        secrets = [key["secret"] for key in json.loads(self.ring.read_text())["keys"]]
        assert not any(secret in done.output for secret in secrets)
        return done

    def add_patient(self, ring: str) -> None:
        """Another patient, whose key was wrapped by a server that has this ring."""
        vault, account = Vault(KeyRing.from_text(ring), system_clock), uuid4()

        async def work(transaction: Transaction) -> None:
            await vault.make_patient(transaction, account)
            await make_journal(transaction, account)
            await begin_chain(transaction, account)

        async def add() -> None:
            async with open_whole(self.url) as database:
                await database.write(account, work)

        asyncio.run(add())

    def age(self, number: int, by: timedelta) -> None:
        """Let a key have got its state so long ago."""
        ring = json.loads(self.ring.read_text())
        for key in ring["keys"]:
            if key["number"] == number:
                key["since"] = (datetime.now(UTC) - by).isoformat()
        self.ring.write_text(json.dumps(ring))


def desk_on(url: str, folder: Path) -> Desk:
    """A desk with a new ring and its first patient."""
    desk = Desk(url, folder / "keys.json")
    make_ring_file(desk.ring)
    desk.add_patient(desk.ring.read_text())
    return desk


@pytest.fixture
def desk(new_url: NewUrl, tmp_path: Path) -> Desk:
    """On SQLite: what differs between engines is tested below the command."""
    return desk_on(new_url("sqlite"), tmp_path)


def test_a_key_goes_from_standing_by_to_leaving_the_ring(desk: Desk) -> None:
    assert desk.run("keys", "add", "--purpose", "kek").exit_code == 0
    assert "5  kek      standby" in desk.run("keys", "list").stdout
    rotated = desk.run("keys", "rotate", "--purpose", "kek")
    assert (rotated.exit_code, "Key 5 seals now." in rotated.stdout) == (0, True)
    assert "1 rows were sealed anew." in rotated.stdout
    verified = desk.run("keys", "verify")
    assert (verified.exit_code, verified.stdout) == (0, "kek key 5: 1 rows\n")
    assert desk.run("keys", "retire", "1").exit_code == 2
    desk.age(1, timedelta(days=31))
    assert desk.run("keys", "retire", "1").exit_code == 0
    assert "1  kek" not in desk.run("keys", "list").stdout
    assert desk.run("keys", "verify").exit_code == 0


def test_a_second_run_makes_no_other_key_that_other_hosts_would_lack(desk: Desk) -> None:
    before = desk.ring.read_text()
    assert desk.run("keys", "rotate", "--purpose", "kek").exit_code == 0
    rotated = desk.ring.read_text()
    desk.add_patient(before)  # by another host, whose ring is still the one from before
    for rows in (1, 0):
        done = desk.run("keys", "rotate", "--purpose", "kek", "--rows-only")
        assert (done.exit_code, f"{rows} rows were sealed anew." in done.stdout) == (0, True)
        assert desk.ring.read_text() == rotated
    again = desk.run("keys", "rotate", "--purpose", "kek")
    assert (again.exit_code, "no other key was made" in again.stdout) == (0, True)
    assert desk.ring.read_text() == rotated
    desk.add_patient(before)  # what is left to move stops nobody who wants another key
    wanted = desk.run("keys", "rotate", "--purpose", "kek", "--again")
    assert (wanted.exit_code, "Key 6 seals now." in wanted.stdout) == (0, True)
    desk.age(6, timedelta(days=1, minutes=1))
    later = desk.run("keys", "rotate", "--purpose", "kek")
    assert (later.exit_code, "Key 7 seals now." in later.stdout) == (0, True)


def test_a_key_that_stands_by_takes_over_but_not_where_rows_alone_move(desk: Desk) -> None:
    assert desk.run("keys", "rotate", "--purpose", "service").exit_code == 0
    assert desk.run("keys", "add", "--purpose", "service").exit_code == 0
    added = desk.ring.read_text()
    assert desk.run("keys", "rotate", "--purpose", "service", "--rows-only").exit_code == 0
    assert desk.ring.read_text() == added
    rotated = desk.run("keys", "rotate", "--purpose", "service")
    assert (rotated.exit_code, "Key 6 seals now." in rotated.stdout) == (0, True)


def test_patients_with_a_young_key_are_told_of_and_get_another_if_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.commands.keys.time", SimpleNamespace(sleep=lambda seconds: None))
    first = desk.run("keys", "rotate", "--dek")
    assert (first.exit_code, "1 accounts have a new key." in first.stdout) == (0, True)
    assert "left out" not in first.stdout
    second = desk.run("keys", "rotate", "--dek")
    assert (second.exit_code, "0 accounts have a new key." in second.stdout) == (0, True)
    assert "1 accounts were left out" in second.stdout
    assert "--again" in second.stdout
    third = desk.run("keys", "rotate", "--dek", "--again")
    assert (third.exit_code, "1 accounts have a new key." in third.stdout) == (0, True)
    assert "left out" not in third.stdout


def test_a_key_with_rows_under_it_does_not_leave_and_a_lost_one_is_found(desk: Desk) -> None:
    ring = json.loads(desk.ring.read_text())
    (kek,) = [key for key in ring["keys"] if key["purpose"] == "kek"]
    kek["state"] = "retired"
    ring["keys"].append(
        {**kek, "number": 7, "state": "active", "secret": ring["keys"][1]["secret"]}
    )
    desk.ring.write_text(json.dumps(ring))
    assert desk.run("keys", "retire", "1").exit_code == 1
    ring["keys"].remove(kek)
    desk.ring.write_text(json.dumps(ring))
    verified = desk.run("keys", "verify")
    assert verified.exit_code == 1
    assert "1 of patient_key.wrapped do not open" in verified.stderr
    served = desk.run("serve", "--port", "1")
    assert served.exit_code == 2
    assert "the database needs keys that the ring lacks: 1" in served.stderr


def test_a_ring_of_another_service_neither_serves_nor_rotates(desk: Desk) -> None:
    right = desk.ring.rename(desk.ring.with_name("right.json"))
    make_ring_file(desk.ring)  # with the same numbers, as every ring has them
    before = desk.ring.read_text()
    for words in (
        ("serve", "--port", "1"),
        ("keys", "rotate", "--purpose", "kek"),
        ("keys", "rotate", "--dek"),
    ):
        refused = desk.run(*words)
        assert (refused.exit_code, "opens none" in refused.stderr) == (2, True), refused.stderr
        assert desk.ring.read_text() == before
    right.replace(desk.ring)
    verified = desk.run("keys", "verify")
    assert (verified.exit_code, verified.stdout) == (0, "kek key 1: 1 rows\n")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_ring_of_another_service_is_not_served_behind_the_walls_either(
    engine: str, new_url: NewUrl, tmp_path: Path
) -> None:
    """The service's own user sees no patient's row before one is named."""
    desk = desk_on(new_url(engine), tmp_path)
    desk.ring.rename(desk.ring.with_name("right.json"))
    make_ring_file(desk.ring)
    refused = desk.run("serve", "--port", "1")
    assert (refused.exit_code, "opens none" in refused.stderr) == (2, True), refused.stderr


def test_the_first_ring_is_made_by_a_command_and_never_a_second_one(
    desk: Desk, new_url: NewUrl
) -> None:
    before = desk.ring.read_text()
    refused = desk.run("keys", "make")
    assert (refused.exit_code, desk.ring.read_text()) == (2, before)
    kept = desk.ring.rename(desk.ring.with_name("kept.json"))
    settings = {
        "AFTERGLOW_DATABASE_URL": desk.url,
        "AFTERGLOW_KEYS_FILE": str(desk.ring),
        "AFTERGLOW_ENVIRONMENT": "production",
        "AFTERGLOW_MAIL_TRANSPORT": "smtp",
    }
    told = CliRunner().invoke(cli, ["keys", "list"], env=settings)
    assert (told.exit_code, "`afterglow keys make`" in told.stderr) == (2, True)
    lost = CliRunner().invoke(cli, ["keys", "make"], env=settings)
    assert (lost.exit_code, "another ring" in lost.stderr, desk.ring.exists()) == (2, True, False)
    for url in (new_url("sqlite"), f"sqlite:///{desk.ring.with_name('none.db')}"):
        settings["AFTERGLOW_DATABASE_URL"] = url
        made = CliRunner().invoke(cli, ["keys", "make"], env=settings)
        assert (made.exit_code, desk.ring.stat().st_mode & 0o777) == (0, 0o600), made.stderr
        desk.ring.unlink()
    kept.rename(desk.ring)


def test_a_ring_that_others_may_read_is_refused_by_every_command(desk: Desk) -> None:
    desk.ring.chmod(0o640)
    for words in (("keys", "list"), ("keys", "rotate", "--purpose", "kek"), ("serve",)):
        refused = desk.run(*words)
        assert refused.exit_code == 2
        assert "chmod 600" in refused.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("rotate",),
        ("rotate", "--purpose", "index"),
        ("rotate", "--purpose", "nothing"),
        ("rotate", "--purpose", "kek", "--dek"),
        ("rotate", "--purpose", "kek", "--account", str(uuid4())),
        ("rotate", "--rows-only"),
        ("rotate", "--dek", "--rows-only"),
        ("rotate", "--purpose", "kek", "--rows-only", "--again"),
        ("add", "--purpose", "audit"),
        ("retire", "1"),
        ("retire", "9"),
    ],
)
def test_wrong_use_changes_nothing(desk: Desk, words: tuple[str, ...]) -> None:
    before = desk.ring.read_text()
    assert desk.run("keys", *words).exit_code in (1, 2)
    assert desk.ring.read_text() == before


def test_every_command_on_keys_stands_in_the_readme() -> None:
    names = [
        each.name or each.callback.__name__ for each in keys.registered_commands if each.callback
    ]
    assert names
    for name in names:
        assert f"| `keys {name}` |" in README
