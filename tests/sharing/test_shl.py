"""The link and its encrypted file, as an independent reader takes them apart."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from app.settings import MOST_BASE_CHARACTERS
from app.sharing.shl import (
    Link,
    encrypt_file,
    link_flag,
    manifest_url,
    new_secret,
    secret_hash,
)

BASE = "https://journal.example"
EXPIRES_AT = datetime(2026, 6, 8, 12, 0, 0, 900_000, tzinfo=UTC)

labels = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)


def unpadded(text: str) -> bytes:
    """Base64url without padding, by hand."""
    assert "=" not in text
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def a_link(**members: Any) -> Link:
    """A link with a passcode."""
    given_members = {
        "url": manifest_url(BASE, new_secret()),
        "flag": "P",
        "key": new_secret(),
        "expires_at": EXPIRES_AT,
        "label": "Journal",
    }
    return Link(**{**given_members, **members})


def payload_text(link: str) -> str:
    """What a reader finds in a link."""
    scheme, _, payload = link.partition(":/")
    assert scheme == "shlink"
    return unpadded(payload).decode()


def opened(jwe: bytes, key: str) -> tuple[dict[str, Any], bytes]:
    """Header and content of a compact JWE, without any library for them."""
    header, encrypted_key, iv, ciphertext, tag = jwe.decode().split(".")
    assert encrypted_key == ""
    assert (len(unpadded(iv)), len(unpadded(tag))) == (12, 16)
    sealed = unpadded(ciphertext) + unpadded(tag)
    content = AESGCM(unpadded(key)).decrypt(unpadded(iv), sealed, header.encode())
    return json.loads(unpadded(header)), content


def test_payload_is_minified_and_in_the_order_of_the_standard() -> None:
    link = a_link(url="https://journal.example/shl/TOKEN", key="KEY", label="Mein Tagebuch ä")
    assert payload_text(link.bare()) == (
        '{"url":"https://journal.example/shl/TOKEN","flag":"P","key":"KEY",'
        '"exp":1780920000,"label":"Mein Tagebuch ä","v":1}'
    )


def test_expiry_is_a_number_of_seconds() -> None:
    exp = json.loads(payload_text(a_link().bare()))["exp"]
    assert (type(exp), exp) == (int, int(EXPIRES_AT.timestamp()))


@given(labels)
def test_any_label_survives_the_link(label: str) -> None:
    assert json.loads(payload_text(a_link(label=label).bare()))["label"] == label


def test_everything_secret_stands_behind_the_hash() -> None:
    link = a_link()
    before, _, after = link.for_viewer(f"{BASE}/view").partition("#")
    assert before == f"{BASE}/view"
    assert after == link.bare()


def test_url_never_exceeds_what_the_standard_allows() -> None:
    longest = "https://" + "a" * (MOST_BASE_CHARACTERS - len("https://"))
    assert len(manifest_url(longest, new_secret())) == 128


def test_longer_origin_is_refused() -> None:
    with pytest.raises(ValueError, match="80 characters"):
        manifest_url("https://" + "a" * 73, new_secret())


def test_secrets_are_32_bytes_in_43_characters_and_differ() -> None:
    made = {new_secret() for _ in range(500)}
    assert len(made) == 500
    assert {(len(secret), len(unpadded(secret))) for secret in made} == {(43, 32)}


def test_database_keeps_a_hash_alone() -> None:
    token = new_secret()
    assert len(secret_hash(token)) == 32
    assert token.encode() not in secret_hash(token)
    assert secret_hash(token) == secret_hash(token) != secret_hash(new_secret())


@pytest.mark.parametrize(
    ("kind", "mode", "flag"),
    [("passcode", "snapshot", "P"), ("passcode", "live", "LP"), ("direct", "snapshot", "U")],
)
def test_flag_tells_the_readers_app_what_to_do(kind: str, mode: str, flag: str) -> None:
    assert link_flag(kind, mode) == flag


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 100_000])
def test_file_opens_for_an_independent_reader(size: int) -> None:
    key, content = new_secret(), b"x" * size
    header, read = opened(encrypt_file(content, key), key)
    assert read == content
    assert header == {"alg": "dir", "enc": "A256GCM", "cty": "application/fhir+json"}


def test_ivs_differ_each_time() -> None:
    key = new_secret()
    files = [encrypt_file(b"{}", key) for _ in range(500)]
    assert len({file.split(b".")[2] for file in files}) == 500


def test_file_does_not_open_with_another_key() -> None:
    file = encrypt_file(b"{}", new_secret())
    with pytest.raises(InvalidTag):
        opened(file, new_secret())


def test_changed_file_does_not_open() -> None:
    key = new_secret()
    parts = encrypt_file(b'{"resourceType":"Bundle"}', key).split(b".")
    parts[3] = (b"B" if parts[3].startswith(b"A") else b"A") + parts[3][1:]
    with pytest.raises(InvalidTag):
        opened(b".".join(parts), key)
