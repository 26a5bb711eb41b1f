"""A sealed stream opens whole, for its recipient alone, or not at all."""

from io import BytesIO

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as some

from app.keeping.sealed_stream import (
    CHUNK_BYTES,
    KEY_BYTES,
    TAG_BYTES,
    BackupBroken,
    SealedWriter,
    opened_chunks,
    opened_lines,
)

IDENTITY = X25519PrivateKey.generate()
HEAD = len(b"afterglow-backup-1 data\n") + KEY_BYTES
CHUNK = CHUNK_BYTES + TAG_BYTES


def sealed(text: bytes, part: str = "data", *, step: int = 10_000) -> bytes:
    file = BytesIO()
    writer = SealedWriter(file, IDENTITY.public_key(), part)
    for start in range(0, len(text), step):
        writer.write(text[start : start + step])
    writer.finish()
    return file.getvalue()


def opened(text: bytes, part: str = "data", identity: X25519PrivateKey = IDENTITY) -> bytes:
    return b"".join(opened_chunks(BytesIO(text), identity, part))


TEXT = bytes(range(256)) * 700  # three chunks
SEALED = sealed(TEXT)


@pytest.mark.parametrize(
    "length", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 200_000]
)
def test_what_is_sealed_opens(length: int) -> None:
    text = (TEXT * 2)[:length]
    assert opened(sealed(text)) == opened(sealed(text, step=CHUNK_BYTES)) == text


@given(some.integers(min_value=0, max_value=len(SEALED) - 1))
def test_a_file_cut_off_anywhere_is_refused(length: int) -> None:
    with pytest.raises(BackupBroken):
        opened(SEALED[:length])


@pytest.mark.parametrize("chunks", [0, 1, 2])
def test_a_file_cut_off_between_chunks_is_refused(chunks: int) -> None:
    with pytest.raises(BackupBroken):
        opened(SEALED[: HEAD + chunks * CHUNK])


@given(some.integers(min_value=0, max_value=len(SEALED) - 1), some.integers(0, 7))
def test_an_altered_bit_anywhere_is_refused(at: int, bit: int) -> None:
    altered = bytearray(SEALED)
    altered[at] ^= 1 << bit
    if at == HEAD - 1 and bit == 7:
        return  # X25519 ignores this bit; what it means is the same key
    with pytest.raises(BackupBroken):
        opened(bytes(altered))


def test_chunks_that_changed_places_or_come_twice_or_go_on_are_refused() -> None:
    head, first, second = SEALED[:HEAD], SEALED[HEAD:][:CHUNK], SEALED[HEAD + CHUNK :][:CHUNK]
    last = SEALED[HEAD + 2 * CHUNK :]
    for wrong in (
        head + second + first + last,
        head + first + first + second + last,
        head + first + last,
        head + last,
        SEALED + last,
        SEALED + b"x",
    ):
        with pytest.raises(BackupBroken):
            opened(wrong)


def test_neither_another_identity_nor_another_part_opens_it() -> None:
    with pytest.raises(BackupBroken, match="not for this identity"):
        opened(SEALED, identity=X25519PrivateKey.generate())
    with pytest.raises(BackupBroken, match="no `keys` file"):
        opened(SEALED, part="keys")
    renamed = SEALED.replace(b"backup-1 data", b"backup-1 keys", 1)
    with pytest.raises(BackupBroken):
        opened(renamed, part="keys")


def test_the_same_text_never_looks_the_same() -> None:
    assert sealed(b"text")[HEAD:] != sealed(b"text")[HEAD:]


def test_lines_come_back_whatever_the_chunks() -> None:
    lines = [bytes([65 + number % 26]) * (number * 37 % 9000) for number in range(60)]
    text = b"".join(line + b"\n" for line in lines)
    assert list(opened_lines(BytesIO(sealed(text)), IDENTITY, "data")) == lines
    with pytest.raises(BackupBroken, match="within a line"):
        list(opened_lines(BytesIO(sealed(b"one\ntwo")), IDENTITY, "data"))
