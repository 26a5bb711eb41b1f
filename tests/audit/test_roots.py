"""Roots are signed, follow one another, and stand for the heads beside them and no others."""

import hashlib
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import anyio
import pytest

from app.audit.anchoring import Anchoring
from app.audit.anchors import anchors_of
from app.audit.merkle import MerkleTree
from app.audit.roots import (
    RootsBroken,
    check_heads,
    head_line,
    heads_folder,
    next_root,
    read_heads,
    read_roots,
    signed_line,
)
from app.audit.store_whole import Head
from app.audit.verification import verify_chains
from app.database import WholeDatabase, open_database
from app.vault import KeyRing
from app.vault.ring_keys import new_ring_text
from tests.audit.chains import a_chain, all_heads, heads_of, put, put_in_place, seeded, unguarded
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio


async def test_a_root_holds_every_head(
    anchoring: Anchoring, whole: WholeDatabase, ring: KeyRing, path: Path
) -> None:
    root = await anchoring.append()
    heads = await heads_of(whole)
    assert (root.number, root.chains) == (1, 5)
    assert all_heads(path, ring) == heads
    assert [each.name for each in heads_folder(path).iterdir()] == ["000001.txt"]
    for each in (path, *heads_folder(path).iterdir()):
        assert stat.S_IMODE(each.stat().st_mode) == 0o600


async def test_a_head_that_was_emptied_is_signed_as_that_and_spoils_no_other(
    whole: WholeDatabase, anchoring: Anchoring, ring: KeyRing, path: Path
) -> None:
    emptied = a_chain(UUID(int=7), 3, seeded(2))
    emptied.head |= {"hash": b"", "seq": -1}
    await unguarded(whole)
    await put(whole, [emptied])
    await anchoring.append()
    heads = all_heads(path, ring)
    assert heads == await heads_of(whole)
    await put_in_place(whole, [UUID(int=7)], [a_chain(UUID(int=7), 3, seeded(2))])
    assert (await verify_chains(whole)).broken == 0
    assert [each.account_id for each in (await verify_chains(whole, heads)).named] == [UUID(int=7)]


async def test_heads_come_page_by_page(
    anchoring: Anchoring, whole: WholeDatabase, ring: KeyRing, path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("app.audit.anchoring.AT_ONCE", 2)
    assert (await anchoring.append()).chains == 5
    assert all_heads(path, ring) == await heads_of(whole)


async def test_what_was_signed_on_each_day_comes_once_and_in_the_order_of_accounts(
    anchoring: Anchoring, whole: WholeDatabase, ring: KeyRing, path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("app.audit.anchors.OPEN_AT_ONCE", 2)
    before = await heads_of(whole)
    await anchoring.append()
    new = a_chain(UUID(int=5), 2, seeded(9))
    await put(whole, [new])
    for _ in range(4):
        await anchoring.append()
    heads = all_heads(path, ring)
    assert heads == [Head(UUID(int=5), 2, heads[0].hash), *before]
    assert new.events[1]["hash"] == heads[0].hash
    assert (await verify_chains(whole, heads)).broken == 0


async def test_lines_follow_one_another(anchoring: Anchoring, ring: KeyRing, path: Path) -> None:
    for _ in range(3):
        await anchoring.append()
    lines = path.read_bytes().splitlines()
    roots = read_roots(path, ring)
    assert [each.number for each in roots] == [1, 2, 3]
    assert roots[2].before == hashlib.sha256(lines[1]).hexdigest()
    for wrong in (lines[1:], [lines[0], lines[2]], [lines[1], lines[0]], [*lines, lines[2]]):
        path.write_bytes(b"".join(each + b"\n" for each in wrong))
        with pytest.raises(RootsBroken, match="does not follow"):
            read_roots(path, ring)
    path.write_bytes(lines[0] + b"\n" + lines[1][:50])
    assert len(read_roots(path, ring)) == 1, "a torn line counts for nothing"
    assert (await anchoring.append()).number == 2


@pytest.mark.parametrize("member", ["at", "chains", "root", "key", "signature", "nothing"])
def test_a_changed_root_is_not_believed(
    clock: SetClock, ring: KeyRing, path: Path, member: str
) -> None:
    path.parent.mkdir()
    line = json.loads(signed_line(next_root(None, MerkleTree(), clock()), ring))
    changed = {"chains": 4, "key": 1, "nothing": None}.get(member, f"{'ab' * 64}")
    path.write_text(json.dumps(line | {member: changed}) + "\n")
    with pytest.raises(RootsBroken):
        read_roots(path, ring)
    path.write_text(json.dumps(line) + "\n")
    assert len(read_roots(path, ring)) == 1
    with pytest.raises(RootsBroken, match="not signed"):
        read_roots(path, KeyRing.from_text(new_ring_text()))


def test_a_root_is_signed_as_published_for_roots_are_kept_for_good(clock: SetClock) -> None:
    root = next_root(None, MerkleTree(), clock())
    nothing, zeros = hashlib.sha256(b"").hexdigest(), "0" * 64
    assert root.text() == (
        b'afterglow audit root 1\n{"at": "2026-06-01T12:00:00+00:00", "before": "%b", '
        b'"chains": 0, "number": 1, "root": "%b"}' % (zeros.encode(), nothing.encode())
    )


def test_heads_are_read_as_they_were_written(tmp_path: Path) -> None:
    heads = [Head(UUID(int=1), 3, b"h" * 32), Head(UUID(int=2), 0, b"")]
    path = tmp_path / "heads.txt"
    path.write_bytes(b"".join(head_line(head) + b"\n" for head in heads))
    assert list(read_heads(path)) == heads
    path.write_bytes(b"no head\n")
    with pytest.raises(RootsBroken):
        list(read_heads(path))


def test_a_blank_after_a_head_is_not_what_was_signed(tmp_path: Path, clock: SetClock) -> None:
    head, tree, path = head_line(Head(UUID(int=1), 3, b"h" * 32)), MerkleTree(), tmp_path / "heads"
    tree.add(head)
    root = next_root(None, tree, clock())
    path.write_bytes(head + b"\n")
    check_heads(path, root)
    for wrong in (head + b" \n", head + b"X\n"):
        path.write_bytes(wrong)
        with pytest.raises(RootsBroken):
            check_heads(path, root)


async def test_changed_heads_are_not_believed(
    anchoring: Anchoring, ring: KeyRing, path: Path
) -> None:
    await anchoring.append()
    (heads,) = heads_folder(path).iterdir()
    lines = heads.read_bytes().splitlines(keepends=True)
    for wrong in (lines[1:], lines[:-1], lines[::-1], [*lines, lines[0]], [lines[0].upper()], []):
        heads.write_bytes(b"".join(wrong))
        with pytest.raises(RootsBroken, match="heads of root 1"), anchors_of(path, ring):
            pass
    heads.unlink()
    with anchors_of(path, ring) as anchors:
        assert (len(anchors.roots), anchors.with_heads) == (1, [])


async def test_a_file_that_is_no_file_of_roots_is_not_added_to(
    anchoring: Anchoring, path: Path
) -> None:
    path.parent.mkdir()
    path.write_text("{}\n")
    with pytest.raises(RootsBroken):
        await anchoring.append()
    assert path.read_text() == "{}\n"
    assert list(heads_folder(path).iterdir()) == []


async def test_roots_of_many_at_once_come_in_a_row(
    own_url: str, whole: WholeDatabase, clock: SetClock, ring: KeyRing, path: Path
) -> None:
    await put(whole, [a_chain(UUID(int=1), 2, seeded(1))])

    def one() -> None:
        async def append() -> None:
            database = await open_database(own_url)
            await Anchoring(database, clock, ring, path).append()
            await database.close()

        anyio.run(append)

    def several() -> None:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda _: one(), range(8)))

    await anyio.to_thread.run_sync(several)
    assert [each.number for each in read_roots(path, ring)] == list(range(1, 9))
    assert len(all_heads(path, ring)) == 1


async def test_a_root_is_on_disk_before_append_returns(
    anchoring: Anchoring, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[int, int]] = []
    really = os.fsync

    def noticed(handle: int) -> None:
        found = os.fstat(handle)
        synced.append((found.st_ino, found.st_size if stat.S_ISREG(found.st_mode) else 0))
        really(handle)

    monkeypatch.setattr(os, "fsync", noticed)
    await anchoring.append()
    (heads,) = heads_folder(path).iterdir()
    for each in (path, heads):
        assert (each.stat().st_ino, each.stat().st_size) in synced
    for folder in (path.parent, heads.parent):
        assert (folder.stat().st_ino, 0) in synced


def test_the_tree_is_that_of_rfc_6962() -> None:
    def node(leaves: list[bytes]) -> bytes:
        """Straight from the RFC's definition."""
        if not leaves:
            return hashlib.sha256(b"").digest()
        if len(leaves) == 1:
            return hashlib.sha256(b"\x00" + leaves[0]).digest()
        half = 1
        while half * 2 < len(leaves):
            half *= 2
        return hashlib.sha256(b"\x01" + node(leaves[:half]) + node(leaves[half:])).digest()

    leaves: list[bytes] = []
    tree = MerkleTree()
    for number in range(70):
        assert tree.root() == node(leaves), number
        leaves.append(b"%d" % number)
        tree.add(leaves[-1])
