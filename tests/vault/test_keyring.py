"""The ring is whole, private and made once."""

import json
from pathlib import Path
from threading import Thread

import pytest

from app.vault.keyring import KeyRing, KeyRingRefused, Purpose, make_ring_file, new_ring_text


def test_a_new_ring_has_one_active_key_a_purpose() -> None:
    ring = KeyRing.from_text(new_ring_text())
    assert {ring.current(purpose).purpose for purpose in Purpose} == set(Purpose)
    assert len({ring.current(purpose).secret for purpose in Purpose}) == len(Purpose)


def test_the_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    make_ring_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    KeyRing.from_file(path)
    path.chmod(0o640)
    with pytest.raises(KeyRingRefused):
        KeyRing.from_file(path)


def test_two_processes_that_start_at_once_share_one_ring(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    makers = [Thread(target=make_ring_file, args=(path,)) for _ in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    KeyRing.from_file(path)
    assert [found.name for found in tmp_path.iterdir()] == ["keys.json"]


def test_a_second_start_keeps_the_ring(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    make_ring_file(path)
    before = path.read_bytes()
    make_ring_file(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda keys: keys.pop(),
        lambda keys: keys[0].update(state="retired"),
        lambda keys: keys[1].update(number=keys[0]["number"]),
        lambda keys: keys[0].update(secret="c2hvcnQ="),
        lambda keys: keys[0].update(secret="not base64!"),
        lambda keys: keys[0].update(purpose="everything"),
        lambda keys: keys[0].pop("number"),
    ],
)
def test_a_damaged_ring_is_refused_without_showing_a_key(damage: object) -> None:
    ring = json.loads(new_ring_text())
    secrets = [key["secret"] for key in ring["keys"]]
    assert callable(damage)
    damage(ring["keys"])
    with pytest.raises(KeyRingRefused) as refusal:
        KeyRing.from_text(json.dumps(ring))
    assert not any(secret in str(refusal.value) for secret in secrets)


def test_derived_keys_differ_by_use_and_stay_the_same() -> None:
    text = new_ring_text()
    ring = KeyRing.from_text(text)
    assert ring.derived("email") != ring.derived("throttle")
    assert ring.derived("email") == KeyRing.from_text(text).derived("email")
