"""`afterglow backup`, `backup-identity` and `restore` as an operator runs them."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from app.cli import cli
from app.clock import system_clock
from app.database import open_database
from app.database.migrate import upgrade
from app.journal.restore import JUMP
from app.journal.store import JOURNAL, make_journal
from app.keeping.store import RESTORATION, sees_every_row
from app.vault import KeyRing, Vault
from app.vault.keyring import make_ring_file
from tests.engines import (
    ENGINES,
    as_administrator,
    database_name,
    new_postgresql_database,
    open_whole,
)
from tests.keeping.conftest import NewUrl


@dataclass(slots=True)
class Operator:
    """Somebody with a terminal, in a folder of their own."""

    folder: Path
    url: str

    def run(self, *words: str) -> Result:
        """An `afterglow` command."""
        settings = {
            "AFTERGLOW_DATABASE_URL": self.url,
            "AFTERGLOW_KEYS_FILE": str(self.folder / "keys.json"),
        }
        done = CliRunner().invoke(cli, words, env=settings)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    def file(self, name: str) -> str:
        """The path of a file of theirs."""
        return str(self.folder / name)

    def restore(self, *more: str) -> Result:
        """With the newest backup."""
        (data,), (keys,) = (sorted(self.folder.glob(f"to/{part}-*")) for part in ("data", "keys"))
        files = ("--data", str(data), "--keys", str(keys), "--identity", self.file("identity"))
        return self.run("restore", *files, *more)


@pytest.fixture
def operator(request: pytest.FixtureRequest, new_url: NewUrl, tmp_path: Path) -> Operator:
    """With a database that holds one patient's key and journal."""
    operator = Operator(tmp_path, new_url(getattr(request, "param", "sqlite")))
    make_ring_file(tmp_path / "keys.json")
    vault = Vault(KeyRing.from_file(tmp_path / "keys.json"), system_clock)

    async def add() -> None:
        account = uuid4()
        async with open_whole(operator.url) as database:
            await database.write(account, lambda work: vault.make_patient(work, account))
            await database.write(account, lambda work: make_journal(work, account))

    asyncio.run(add())
    (tmp_path / "ledger").touch()
    return operator


def backed_up(operator: Operator) -> None:
    made = operator.run("backup-identity", "--out", operator.file("identity"))
    assert made.exit_code == 0
    written = operator.run(
        "backup", "--to", operator.file("to"), "--recipient", made.stdout.strip()
    )
    assert written.exit_code == 0, written.output
    assert written.stdout.startswith("2 rows of 0 accounts:")


def test_a_backup_comes_back_by_three_commands(operator: Operator, new_url: NewUrl) -> None:
    backed_up(operator)
    operator.url = new_url("sqlite")
    done = operator.restore("--ledger", operator.file("ledger"))
    assert done.exit_code == 0, done.output
    assert "2 rows came back, 0 of erased accounts did not." in done.stdout
    assert "1 journals begin a new epoch." in done.stdout
    again = operator.restore("--ledger", operator.file("ledger"))
    assert (again.exit_code, "not empty" in again.stderr) == (2, True)
    replayed = operator.run("restore", "--replay-only", "--ledger", operator.file("ledger"))
    assert replayed.exit_code == 0


def places(url: str) -> list[tuple[int, int]]:
    """Epoch and head of every journal."""

    async def read() -> list[tuple[int, int]]:
        asked = select(JOURNAL.c.epoch, JOURNAL.c.head)
        async with open_whole(url) as database:
            rows = await database.read(None, lambda work: work.fetch(asked))
        return [(int(row[0]), int(row[1])) for row in rows]

    return asyncio.run(read())


def test_a_restore_begins_an_epoch(operator: Operator, new_url: NewUrl) -> None:
    backed_up(operator)
    assert places(operator.url) == [(0, 1)]
    operator.url = new_url("sqlite")
    assert operator.restore("--ledger", operator.file("ledger")).exit_code == 0
    assert places(operator.url) == [(1, 1 + JUMP)]


@pytest.mark.parametrize("operator", ENGINES, indirect=True)
def test_a_restore_that_stopped_goes_on_with_the_times_it_was_told(
    operator: Operator, new_url: NewUrl
) -> None:
    operator.url = as_administrator(operator.url)
    backed_up(operator)
    operator.url = as_administrator(new_url(operator.url.partition(":")[0]))
    ring = operator.folder / "keys.json"
    ring.rename(operator.folder / "right.json")
    make_ring_file(ring)
    ledger = ("--ledger", operator.file("ledger"))
    stopped = operator.restore(*ledger, "--times", "2")
    assert (stopped.exit_code, "key ring" in stopped.stderr) == (1, True)
    for more in ((), ("--times", "3"), ("--times", "2")):
        stopped = operator.run("restore", "--replay-only", *ledger, *more)
        assert (stopped.exit_code, "key ring" in stopped.stderr) == (1, True)
    (operator.folder / "right.json").replace(ring)
    assert operator.run("restore", "--replay-only", *ledger).exit_code == 0
    assert places(operator.url) == [(3, 1 + 3 * JUMP)]
    assert operator.run("restore", "--replay-only", *ledger).exit_code == 0
    assert places(operator.url) == [(4, 1 + 4 * JUMP)]


def test_a_number_of_times_that_no_journal_has_room_for_is_refused_before_the_mark(
    operator: Operator,
) -> None:
    replay = ("restore", "--replay-only", "--ledger", operator.file("ledger"))
    for times in ("0", "1024"):
        assert operator.run(*replay, "--times", times).exit_code == 2
    assert operator.run(*replay).exit_code == 0
    assert places(operator.url) == [(1, 1 + JUMP)]


@pytest.mark.parametrize("operator", ENGINES, indirect=True)
def test_restored_raises_the_epoch_each_time_and_says_of_how_many(operator: Operator) -> None:
    for words, epoch in ((("restored",), 1), (("restored", "--times", "3"), 4)):
        done = operator.run(*words)
        assert (done.exit_code, done.stdout) == (0, "1 journals begin a new epoch.\n")
        assert places(operator.url) == [(epoch, 1 + epoch * JUMP)]
    for times in ("0", "2000"):
        refused = operator.run("restored", "--times", times)
        assert (refused.exit_code, refused.stdout) == (2, "")
    assert places(operator.url) == [(4, 1 + 4 * JUMP)]


def test_a_restore_wants_a_ledger_and_all_of_its_files(operator: Operator) -> None:
    backed_up(operator)
    assert operator.restore().exit_code == 2
    assert operator.restore("--ledger", operator.file("none")).exit_code == 2
    ledger = ("--ledger", operator.file("ledger"))
    assert operator.run("restore", *ledger).exit_code == 2
    assert operator.restore("--replay-only", *ledger).exit_code == 2
    part = operator.file("identity")
    files = (("--data", part), ("--keys", part), ("--identity", part))
    for left_out in files:
        given = (word for each in files if each is not left_out for word in each)
        partly = operator.run("restore", *given, *ledger)
        assert (partly.exit_code, "restore either" in partly.stderr) == (2, True)
    assert places(operator.url) == [(0, 1)]
    gone = operator.file("gone")
    absent = ("--data", gone, "--keys", gone, "--identity", operator.file("identity"))
    missing = operator.run("restore", *absent, *ledger)
    assert (missing.exit_code, gone in missing.output) == (2, False)


def test_a_ledger_that_cannot_be_read_is_wrong_use_and_sets_no_mark(operator: Operator) -> None:
    broken = operator.folder / "broken"
    broken.write_text("no line of a ledger\n")
    for wrong in ("typo", "broken", "."):
        replay = operator.run(
            *("restore", "--replay-only"),
            *("--ledger", operator.file("ledger"), "--ledger", operator.file(wrong)),
        )
        assert (replay.exit_code, "ledger" in replay.stderr) == (2, True), wrong
    assert not marked(operator.url)
    assert places(operator.url) == [(0, 1)]


def marked(url: str) -> bool:
    """Whether a restore is under way."""

    async def read() -> bool:
        async with open_whole(url) as database:
            return bool(await database.read(None, lambda work: work.fetch(select(RESTORATION))))

    return asyncio.run(read())


def test_a_wrong_recipient_or_an_existing_identity_ends_the_command(operator: Operator) -> None:
    backed_up(operator)
    kept = (operator.folder / "identity").read_text()
    assert operator.run("backup-identity", "--out", operator.file("identity")).exit_code == 2
    assert (operator.folder / "identity").read_text() == kept
    wrong = operator.run("backup", "--to", operator.file("to"), "--recipient", "somebody")
    assert (wrong.exit_code, "no recipient" in wrong.stderr) == (2, True)


async def walled_user(server: str, url: str) -> str:
    """A user who owns the tables of `url` but is held by their row security like everybody."""
    connection = await asyncpg.connect(url)
    name = f"walled_{uuid4().hex[:12]}"
    await connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'x'")
    await connection.execute(f"ALTER TABLE patient_key OWNER TO {name}")
    await connection.execute(
        "ALTER TABLE patient_key ENABLE ROW LEVEL SECURITY;"
        "ALTER TABLE patient_key FORCE ROW LEVEL SECURITY"
    )
    await connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}")
    await connection.close()
    return url.replace("postgres:", f"{name}:x", 1)


def test_whoever_does_not_see_every_row_neither_backs_up_nor_rotates(
    operator: Operator, postgresql: str
) -> None:
    url = asyncio.run(new_postgresql_database(postgresql))
    upgrade(url)
    assert database_name(url)

    async def sees(address: str) -> bool:
        database = await open_database(address)
        try:
            return await sees_every_row(database)
        finally:
            await database.close()

    assert asyncio.run(sees(url))
    operator.url = asyncio.run(walled_user(postgresql, url))
    assert not asyncio.run(sees(operator.url))
    made = operator.run("backup-identity", "--out", operator.file("identity")).stdout.strip()
    for words in (
        ("backup", "--to", operator.file("to"), "--recipient", made),
        ("restore", "--replay-only", "--ledger", operator.file("ledger")),
        ("keys", "rotate", "--purpose", "kek"),
        ("keys", "rotate", "--dek"),
        ("keys", "retire", "1"),
        ("keys", "verify"),
    ):
        refused = operator.run(*words)
        assert refused.exit_code == 2
        assert "BYPASSRLS" in refused.stderr
