"""A ring changes in steps: a key stands by, seals, is retired, and goes when it may."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from app.vault import KeyRing, KeyRingRefused, keyring
from app.vault.envelope import Place
from app.vault.keyring import change_ring_file, make_ring_file
from app.vault.private_files import private_text
from app.vault.providers import KeyNote, KeyProvider, RingKeys
from app.vault.ring_changes import (
    BACKUPS_KEPT,
    RETIRED_FOR,
    with_next_current,
    with_standby,
    without,
)
from app.vault.ring_keys import Purpose, RingKey, State, new_ring_text, read_keys

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PLACE = Place("patient_key", "wrapped", None, "1")


def a_ring() -> list[RingKey]:
    return read_keys(new_ring_text())


def of(keys: list[RingKey], purpose: Purpose) -> list[tuple[int, State]]:
    return [(key.number, key.state) for key in keys if key.purpose is purpose]


def test_a_rotation_retires_the_current_key_and_lets_a_new_one_seal() -> None:
    keys = with_next_current(a_ring(), Purpose.KEK, NOW)
    assert of(keys, Purpose.KEK) == [(1, State.RETIRED), (5, State.ACTIVE)]
    assert KeyRing(keys).current(Purpose.KEK).number == 5
    assert of(keys, Purpose.SERVICE) == [(2, State.ACTIVE)]


def test_a_key_that_stands_by_opens_and_is_the_next_to_seal() -> None:
    keys = with_standby(a_ring(), Purpose.SERVICE, NOW)
    assert KeyRing(keys).current(Purpose.SERVICE).number == 2
    KeyRing(keys).cipher(5)
    keys = with_next_current(keys, Purpose.SERVICE, NOW)
    assert of(keys, Purpose.SERVICE) == [(2, State.RETIRED), (5, State.ACTIVE)]


def test_only_one_key_of_a_purpose_stands_by() -> None:
    with pytest.raises(KeyRingRefused):
        with_standby(with_standby(a_ring(), Purpose.KEK, NOW), Purpose.KEK, NOW)


@pytest.mark.parametrize("purpose", [Purpose.INDEX, Purpose.AUDIT])
def test_keys_that_others_depend_on_for_ever_do_not_rotate(purpose: Purpose) -> None:
    with pytest.raises(KeyRingRefused):
        with_next_current(a_ring(), purpose, NOW)


def test_a_key_leaves_only_when_it_is_retired_and_no_backup_needs_it() -> None:
    keys = with_next_current(a_ring(), Purpose.KEK, NOW)
    for number in (2, 5, 77):
        with pytest.raises(KeyRingRefused):
            without(keys, number, NOW + BACKUPS_KEPT)
    with pytest.raises(KeyRingRefused):
        without(keys, 1, NOW + timedelta(minutes=4), backups_gone=True)
    with pytest.raises(KeyRingRefused):
        without(keys, 1, NOW + timedelta(days=29))
    left = without(keys, 1, NOW + timedelta(minutes=6), backups_gone=True)
    assert of(left, Purpose.KEK) == [(5, State.ACTIVE)]
    assert left == without(keys, 1, NOW + BACKUPS_KEPT)


def test_a_key_says_since_when_it_is_what_it_is() -> None:
    later = NOW + timedelta(days=1)
    keys = with_standby(a_ring(), Purpose.KEK, NOW)
    assert (keys[-1].since, len(keys[-1].secret)) == (NOW, 32)
    keys = with_next_current(keys, Purpose.KEK, later)
    assert [(note.number, note.purpose, note.since) for note in listed(keys)] == [
        (1, "kek", later),
        (5, "kek", later),
    ]


def listed(keys: list[RingKey]) -> Sequence[KeyNote]:
    return RingKeys(KeyRing(keys), Purpose.KEK).list()


def test_a_retired_key_may_leave_at_the_fifth_minute_when_no_backup_is_kept() -> None:
    keys = with_next_current(a_ring(), Purpose.KEK, NOW)
    assert len(without(keys, 1, NOW + RETIRED_FOR, backups_gone=True)) == 4
    with pytest.raises(KeyRingRefused):
        without(keys, 1, NOW + RETIRED_FOR - timedelta(microseconds=1), backups_gone=True)


def test_a_retired_key_of_unknown_age_may_leave() -> None:
    keys = [replace(key, since=None) for key in with_next_current(a_ring(), Purpose.KEK, NOW)]
    assert of(without(keys, 1, NOW), Purpose.KEK) == [(5, State.ACTIVE)]


def test_a_ring_that_was_changed_follows_its_file_too(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    make_ring_file(path)
    changed = change_ring_file(path, lambda keys: with_next_current(keys, Purpose.KEK, NOW))
    change_ring_file(path, lambda keys: with_next_current(keys, Purpose.KEK, NOW))
    assert changed.current(Purpose.KEK).number == 6


def test_a_file_is_read_again_only_when_it_was_replaced_or_a_key_is_lacking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "keys.json"
    make_ring_file(path)
    server = KeyRing.from_file(path)
    reads: list[Path] = []

    def noticed(path: Path) -> str:
        reads.append(path)
        return private_text(path)

    monkeypatch.setattr(keyring, "private_text", noticed)
    assert server.current(Purpose.KEK).number == 1
    assert server.cipher(1) is server.cipher(1)
    assert reads == []
    change_ring_file(path, lambda keys: with_next_current(keys, Purpose.KEK, NOW))
    reads.clear()
    assert [server.current(Purpose.KEK).number for _ in range(3)] == [5, 5, 5]
    assert reads == [path]
    with pytest.raises(KeyRingRefused):
        server.cipher(9)
    assert reads == [path, path]


def test_a_running_server_follows_the_file_without_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    make_ring_file(path)
    server = KeyRing.from_file(path)
    wrapped_before = RingKeys(server, Purpose.KEK).wrap(PLACE, b"secret")
    changed = change_ring_file(path, lambda keys: with_next_current(keys, Purpose.KEK, NOW))
    other = KeyRing.from_file(path)
    wrapped_elsewhere = RingKeys(other, Purpose.KEK).wrap(PLACE, b"secret")
    provider: KeyProvider = RingKeys(server, Purpose.KEK)
    assert provider.unwrap(PLACE, wrapped_elsewhere) == b"secret"
    assert provider.unwrap(PLACE, wrapped_before) == b"secret"
    assert provider.current() == changed.current(Purpose.KEK).number == 5
    assert [(note.number, note.state) for note in provider.list()] == [
        (1, "retired"),
        (5, "active"),
    ]


def test_a_server_seals_with_the_new_key_from_its_next_seal_on(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    make_ring_file(path)
    server = KeyRing.from_file(path)
    change_ring_file(path, lambda keys: with_next_current(keys, Purpose.SERVICE, NOW))
    assert server.current(Purpose.SERVICE).number == 5


def test_a_server_keeps_the_keys_it_has_when_the_file_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    make_ring_file(path)
    server = KeyRing.from_file(path)
    path.chmod(0o644)
    path.write_text("{")
    assert server.current(Purpose.KEK).number == 1
    path.unlink()
    assert server.current(Purpose.KEK).number == 1
    with pytest.raises(KeyRingRefused):
        server.cipher(9)


def test_changes_made_at_once_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    make_ring_file(path)

    def rotate() -> None:
        change_ring_file(path, lambda keys: with_next_current(keys, Purpose.KEK, NOW))

    threads = [Thread(target=rotate) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(of(read_keys(path.read_text()), Purpose.KEK)) == 9
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["keys.json"]


CHANGER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from app.vault.keyring import change_ring_file
from app.vault.ring_keys import Purpose
from app.vault.ring_changes import with_next_current
print("ready", flush=True)
while True:
    change_ring_file(
        Path(sys.argv[1]), lambda keys: with_next_current(keys, Purpose.KEK, datetime.now(UTC))
    )
"""


def test_a_command_killed_while_it_changes_the_ring_leaves_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    make_ring_file(path)
    first = KeyRing.from_file(path).current(Purpose.KEK)
    for turn in range(int(os.environ.get("AFTERGLOW_TEST_KILLS", "6"))):
        changer = subprocess.Popen(
            [sys.executable, "-c", CHANGER, str(path)], stdout=subprocess.PIPE
        )
        with changer:
            assert changer.stdout
            changer.stdout.readline()
            time.sleep(0.003 * turn)
            changer.send_signal(signal.SIGKILL)
        keys = KeyRing.from_file(path).all_keys()
        assert first.secret in [key.secret for key in keys]
        assert [key.state for key in keys if key.purpose is Purpose.KEK].count(State.ACTIVE) == 1


def test_a_ring_never_shows_a_secret() -> None:
    keys = a_ring()
    assert all(repr(key.secret) not in repr(keys) for key in keys)
