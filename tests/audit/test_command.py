"""`afterglow audit`: what an operator is told, and the exit code."""

import copy
import shutil
from pathlib import Path
from uuid import UUID

import pytest
from anyio import to_thread
from typer.testing import CliRunner, Result

from app.audit.roots import heads_folder
from app.cli import cli
from app.database import WholeDatabase
from app.vault.keyring import make_ring_file
from tests.audit.chains import Chain, a_chain, chained_anew, put, put_in_place, seeded, unguarded
from tests.engines import as_administrator

pytestmark = pytest.mark.anyio
ONE, TWO = UUID(int=1 << 64), UUID(int=2 << 64)


@pytest.fixture
async def chains(
    whole: WholeDatabase, own_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[Chain]:
    """Two chains, and the command's settings."""
    make_ring_file(tmp_path / "keys.json")
    monkeypatch.setenv("AFTERGLOW_DATABASE_URL", own_url)
    monkeypatch.setenv("AFTERGLOW_MIGRATION_URL", as_administrator(own_url))
    monkeypatch.setenv("AFTERGLOW_KEYS_FILE", str(tmp_path / "keys.json"))
    monkeypatch.setenv("AFTERGLOW_AUDIT_ROOTS", str(tmp_path / "roots.jsonl"))
    chance = seeded(5)
    made = [a_chain(ONE, 6, chance), a_chain(TWO, 3, chance)]
    await put(whole, made)
    await unguarded(whole)
    return made


async def run(*words: str) -> Result:
    return await to_thread.run_sync(lambda: CliRunner().invoke(cli, ["audit", *words]))


async def test_whole_chains_are_told_and_end_with_0(chains: list[Chain], tmp_path: Path) -> None:
    for _ in range(2):
        signed = await run("root")
        assert signed.exit_code == 0, signed.output
    assert "Root 2 over 2 chains" in signed.output
    told = await run("verify", "--anchor", str(tmp_path / "roots.jsonl"))
    assert (told.exit_code, "9 events in 2 chains" in told.output) == (0, True), told.output
    assert "2 roots are whole" in told.output
    one = await run("verify", "--account", str(TWO))
    assert (one.exit_code, "3 events in 1 chains" in one.output) == (0, True)
    assert (await run("verify", "--account", str(UUID(int=9)))).exit_code == 1


async def test_the_first_broken_event_is_told_and_ends_with_1(
    chains: list[Chain], whole: WholeDatabase
) -> None:
    chains[0].events[3]["actor_id"] = "x"
    await put_in_place(whole, [ONE], [chains[0]])
    told = await run("verify")
    assert told.exit_code == 1
    assert f"account {ONE}: broken at event 4\n" in told.output
    assert (await run("verify", "--account", str(TWO))).exit_code == 0
    assert (await run("verify", "--account", str(ONE))).exit_code == 1


async def test_only_with_the_anchor_a_chain_written_anew_or_cut_off_is_found(
    chains: list[Chain], whole: WholeDatabase, tmp_path: Path
) -> None:
    assert (await run("root")).exit_code == 0
    kept = tmp_path / "safe" / "copy.jsonl"
    kept.parent.mkdir()
    shutil.copy(tmp_path / "roots.jsonl", kept)
    shutil.copytree(heads_folder(tmp_path / "roots.jsonl"), heads_folder(kept))
    cut, anew = copy.deepcopy(chains)
    cut.events.pop()
    cut.head |= {"seq": 5, "hash": cut.events[-1]["hash"]}
    anew.events[1]["object_id"] = "x"
    chained_anew(anew.events, 1)
    anew.head["hash"] = anew.events[-1]["hash"]
    await put_in_place(whole, [ONE, TWO], [cut, anew])
    assert (await run("root")).exit_code == 0, "whoever has the database alone cannot stop a root"
    assert (await run("verify")).exit_code == 0
    for anchor in (kept, tmp_path / "roots.jsonl"):
        told = await run("verify", "--anchor", str(anchor))
        assert told.exit_code == 1
        assert f"account {ONE}: broken at event 6\n" in told.output
        assert f"account {TWO}: broken at event 3\n" in told.output


async def test_an_anchor_that_was_changed_is_told(chains: list[Chain], tmp_path: Path) -> None:
    roots = tmp_path / "roots.jsonl"
    assert (await run("verify", "--anchor", str(roots))).exit_code == 2
    assert (await run("root")).exit_code == 0
    line = roots.read_text()
    roots.write_text(line.replace('"chains": 2', '"chains": 1'))
    told = await run("verify", "--anchor", str(roots))
    assert (told.exit_code, "not signed" in told.output) == (1, True)
    assert (await run("root")).exit_code == 0, "the next line is added; the broken one stays"
    assert (await run("verify", "--anchor", str(roots))).exit_code == 1
    roots.write_text(line)
    shutil.rmtree(heads_folder(roots))
    assert (await run("verify", "--anchor", str(roots))).exit_code == 2
