"""Values of another type, which SQLite keeps in any column, break their own chain alone."""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from anyio import to_thread
from typer.testing import CliRunner, Result

from app.cli import cli
from app.vault.keyring import make_ring_file
from tests.audit.chains import a_chain, put, seeded
from tests.engines import open_whole, sqlite_url

pytestmark = pytest.mark.anyio
ONE, TWO, THREE = (UUID(int=number << 64) for number in (1, 2, 3))
OF_FIFTH = f"WHERE seq = 5 AND account_id = '{TWO.hex}'"
OF_HEAD = f"WHERE account_id = '{TWO.hex}'"
NO_UTF8 = "CAST(x'72756262697368ff' AS TEXT)"
EVENTS = {
    "at='rubbish'": 5,
    "at=x'00'": 5,
    "at=7": 5,
    "actor_id=x'ff'": 5,
    "actor_id='rubbish'": 5,
    "action=7": 5,
    f"actor_id={NO_UTF8}": 5,
    f"at={NO_UTF8}": 5,
    f"digest={NO_UTF8}": 5,
    f"hash={NO_UTF8}": 5,
    f"seq={NO_UTF8}": 5,
    f"account_id={NO_UTF8}": 5,
    "digest='rubbish'": 5,
    "digest=9000000000000000000": 5,
    "hash='rubbish'": 5,
    "hash=9000000000000000000": 5,
    "prev='rubbish'": 5,
    "seq='rubbish'": 5,
    "seq=x'00'": 5,
    "seq=5.5": 5,
    "seq=99999999999": 5,
    "seq=-3": 1,
    "account_id='zz'": 5,
    "account_id='rubbish'": 5,
    "account_id='0'": 5,
    "account_id=x'00'": 5,
}
HEADS = (
    *("hash='rubbish'", "hash=x'00'", "hash=9000000000000000000"),
    *("seq='rubbish'", "seq=x'00'", "seq=5.5", "seq=8.0 + 0.5", "closed='rubbish'"),
    *(f"{column}={NO_UTF8}" for column in ("hash", "seq", "closed", "account_id")),
    *("account_id='0'", "account_id='zz'", "account_id=x'00'"),
)


@pytest.fixture
async def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three chains of nine events without their guards, and the settings of the command."""
    url = await to_thread.run_sync(sqlite_url, tmp_path)
    make_ring_file(tmp_path / "keys.json")
    monkeypatch.setenv("AFTERGLOW_DATABASE_URL", url)
    monkeypatch.setenv("AFTERGLOW_KEYS_FILE", str(tmp_path / "keys.json"))
    monkeypatch.setenv("AFTERGLOW_AUDIT_ROOTS", str(tmp_path / "roots.jsonl"))
    chance = seeded(9)
    async with open_whole(url) as database:
        await put(database, [a_chain(each, 9, chance) for each in (ONE, TWO, THREE)])
    path = Path(url.removeprefix("sqlite:///"))
    spoil(path, "DROP TRIGGER audit_event_no_update")
    return path


def spoil(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def spoiled_by(changes: Iterable[str], path: Path, table: str, row: str) -> Iterator[str]:
    """Each change in turn, made in a row of the whole file."""
    whole = path.with_name("whole")
    shutil.copy(path, whole)
    for change in changes:
        shutil.copy(whole, path)
        spoil(path, f"UPDATE {table} SET {change} {row}")  # noqa: S608 - of this test
        yield change


async def run(*words: str) -> Result:
    done = await to_thread.run_sync(lambda: CliRunner().invoke(cli, ["audit", *words]))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "rubbish" not in done.output
    return done


@pytest.mark.parametrize("pages", [2, 2000])
async def test_any_value_in_an_event_breaks_its_chain_there_and_no_other(
    file: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    monkeypatch.setattr("app.audit.verification.AT_ONCE", pages)
    for change in spoiled_by(EVENTS, file, "audit_event", OF_FIFTH):
        told = await run("verify")
        assert told.exit_code == 1, change
        assert f"account {TWO}: broken at event {EVENTS[change]}\n" in told.stdout, change
        assert "1 chains are broken" in told.stderr, change
        assert (await run("verify", "--account", str(THREE))).exit_code == 0
        assert (await run("root")).exit_code == 0


@pytest.mark.parametrize("pages", [1, 2000])
async def test_any_value_in_a_head_breaks_its_chain_and_is_signed_for_what_it_is(
    file: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    monkeypatch.setattr("app.audit.verification.AT_ONCE", pages)
    monkeypatch.setattr("app.audit.anchoring.AT_ONCE", pages)
    for change in spoiled_by(HEADS, file, "audit_head", OF_HEAD):
        told = await run("verify")
        assert told.exit_code == 1, change
        assert f"account {TWO}: broken at event 10\n" in told.stdout, change
        assert "1 chains are broken" in told.stderr, change
        signed = await run("root")
        assert signed.exit_code == 0, change
        chains = 2 if "account_id" in change else 3
        assert f"over {chains} chains" in signed.stdout, change
        (file.parent / "roots.jsonl").rename(file.parent / "last.jsonl")
        heads = file.parent / "roots.jsonl.heads"
        shutil.rmtree(file.parent / "last.jsonl.heads", ignore_errors=True)
        heads.rename(file.parent / "last.jsonl.heads")
        anchored = await run("verify", "--anchor", str(file.parent / "last.jsonl"))
        assert (anchored.exit_code, "1 roots are whole" in anchored.stdout) == (1, True), change
