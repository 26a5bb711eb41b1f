"""`afterglow keys` as an operator runs it."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from app.clock import system_clock
from app.commands.keys import keys
from app.vault import KeyRing, Vault
from app.vault.keyring import make_ring_file
from tests.engines import open_whole
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

    def age(self, number: int, by: timedelta) -> None:
        """Let a key have got its state so long ago."""
        ring = json.loads(self.ring.read_text())
        for key in ring["keys"]:
            if key["number"] == number:
                key["since"] = (datetime.now(UTC) - by).isoformat()
        self.ring.write_text(json.dumps(ring))


@pytest.fixture
def desk(new_url: NewUrl, tmp_path: Path) -> Desk:
    """On SQLite: what differs between engines is tested below the command."""
    desk = Desk(new_url("sqlite"), tmp_path / "keys.json")
    make_ring_file(desk.ring)

    async def add_patient() -> None:
        vault = Vault(KeyRing.from_file(desk.ring), system_clock)
        async with open_whole(desk.url) as database:
            await database.write(None, lambda work: vault.make_patient(work, uuid4()))

    asyncio.run(add_patient())
    return desk


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
