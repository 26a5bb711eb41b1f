"""The ring is whole, private and made once."""

import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.vault import Vault
from app.vault.keyring import KeyRing, change_ring_file, make_ring_file
from app.vault.private_files import make_private
from app.vault.ring_keys import KeyRingRefused, Purpose, new_ring_text, read_keys, ring_text
from tests.clocks import SetClock


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
        lambda keys: keys[0].update(secret=keys[0]["secret"] + "!"),
        lambda keys: keys[0].update(purpose="everything"),
        lambda keys: keys[0].pop("number"),
        lambda keys: keys[0].update(number=0),
        lambda keys: keys[0].update(number=-1),
        lambda keys: keys[0].update(number=2**32),
        lambda keys: keys[0].update(number=float("inf")),
        lambda keys: keys[0].update(since="2026-06-01T12:00:00"),
        lambda keys: keys[0].update(since=7),
        lambda keys: keys.append("x"),
        lambda keys: keys.append(None),
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


def test_a_derived_key_is_that_of_rfc_5869_for_indexes_outlive_every_release() -> None:
    ring = KeyRing.from_text(new_ring_text())
    drawn = hmac.digest(bytes(32), ring.current(Purpose.INDEX).secret, "sha256")
    assert ring.derived("email") == hmac.digest(drawn, b"afterglow email\x01", "sha256")


def test_only_the_audit_key_that_signed_a_text_is_believed() -> None:
    ring = KeyRing.from_text(new_ring_text())
    number, signature = ring.sign(b"root")
    assert number == ring.current(Purpose.AUDIT).number
    assert ring.is_signed(number, b"root", signature)
    assert not ring.is_signed(number, b"boot", signature)
    assert not ring.is_signed(99, b"root", signature)
    assert not KeyRing.from_text(new_ring_text()).is_signed(number, b"root", signature)


def test_a_key_of_another_purpose_signs_nothing() -> None:
    ring = KeyRing.from_text(new_ring_text())
    kek = ring.current(Purpose.KEK)
    signature = Ed25519PrivateKey.from_private_bytes(kek.secret).sign(b"root")
    assert not ring.is_signed(kek.number, b"root", signature)


def test_what_is_known_of_a_key_is_kept_in_the_file() -> None:
    keys = read_keys(new_ring_text())
    aged = [replace(key, since=datetime(2026, 6, 1, 12, tzinfo=UTC)) for key in keys[:2]]
    assert read_keys(ring_text([*aged, *keys[2:]])) == [*aged, *keys[2:]]


def test_a_key_that_was_asked_for_in_vain_is_lacking_until_the_file_has_it(
    tmp_path: Path, clock: SetClock
) -> None:
    path = tmp_path / "keys.json"
    make_ring_file(path)
    ring = KeyRing.from_file(path)
    vault = Vault(ring, clock)
    assert (ring.lacking(), vault.has_every_key()) == (set(), True)
    for number in (5, 9):
        with pytest.raises(KeyRingRefused):
            ring.cipher(number)
    assert (ring.lacking(), vault.has_every_key()) == ({5, 9}, False)
    change_ring_file(path, lambda keys: [*keys, replace(keys[0], number=5)])
    assert ring.lacking() == {9}
    change_ring_file(path, lambda keys: [*keys, replace(keys[0], number=9)])
    assert (ring.lacking(), vault.has_every_key()) == (set(), True)


def test_a_ring_without_a_file_lacks_what_it_lacks() -> None:
    ring = KeyRing.from_text(new_ring_text())
    with pytest.raises(KeyRingRefused):
        ring.cipher(9)
    assert ring.lacking() == {9}


def test_keys_are_told_in_order_of_their_numbers() -> None:
    keys = read_keys(new_ring_text())
    assert KeyRing(keys[::-1]).all_keys() == keys


def test_folders_of_a_new_ring_are_their_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "apart" / "deep" / "keys.json"
    assert make_private(path, "one")
    assert not make_private(path, "other")
    assert path.read_text() == "one"
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_ring_is_never_changed_into_one_that_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    make_ring_file(path)
    before = path.read_text()
    first = replace(read_keys(before)[0], number=9)
    for wrong in (
        replace(first, number=2**32),
        replace(first, number=0),
        replace(first, since=datetime(2026, 6, 1)),  # noqa: DTZ001 - that is what is wrong
    ):
        with pytest.raises(KeyRingRefused):
            change_ring_file(path, lambda keys: [*keys, wrong])  # noqa: B023 - run at once
        assert path.read_text() == before
    last = change_ring_file(path, lambda keys: [*keys, replace(keys[0], number=2**32 - 1)])
    assert last.all_keys()[-1].number == 2**32 - 1
