"""A sealed value opens in its place alone, whole or not at all."""

from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from app.vault.envelope import (
    HEADER_BYTES,
    PADDING_STEP,
    Place,
    SealBroken,
    associated_data,
    key_number,
    open_sealed,
    padded,
    seal,
    unpadded,
)

CIPHER = AESGCM(bytes(range(32)))
ACCOUNT = UUID("0197c0de-0001-7000-8000-000000000001")
PLACE = Place("entry", "content", ACCOUNT, "0197c0de-0002-7000-8000-000000000002", 7)
PLACES = st.builds(
    Place,
    record=st.sampled_from(["entry", "share", ""]),
    field=st.sampled_from(["content", "link", ""]),
    account_id=st.one_of(st.none(), st.uuids()),
    row=st.text(max_size=40),
    revision=st.integers(0, 2**53),
)


@given(st.binary(max_size=2000), PLACES)
def test_what_is_sealed_opens_again(text: bytes, place: Place) -> None:
    assert open_sealed(CIPHER, place, seal(CIPHER, 3, place, text)) == text


@given(PLACES, PLACES)
def test_it_opens_in_no_other_place(here: Place, there: Place) -> None:
    sealed = seal(CIPHER, 1, here, b"one bad night")
    if here == there:
        assert open_sealed(CIPHER, there, sealed) == b"one bad night"
    else:
        with pytest.raises(SealBroken):
            open_sealed(CIPHER, there, sealed)


@given(PLACES, PLACES)
def test_two_places_never_share_their_associated_data(here: Place, there: Place) -> None:
    assert (associated_data(here) == associated_data(there)) == (here == there)


@given(st.binary(max_size=300), st.data())
def test_one_changed_bit_breaks_the_seal(text: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(CIPHER, 1, PLACE, text))
    # The key number chooses the cipher before the seal is looked at.
    place = data.draw(st.integers(5, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealBroken):
        open_sealed(CIPHER, PLACE, bytes(sealed))


@given(st.binary(max_size=1000))
def test_the_size_tells_steps_of_128_bytes_only(text: bytes) -> None:
    framed = padded(text)
    assert len(framed) % PADDING_STEP == 0
    assert len(framed) - len(text) - 4 < PADDING_STEP
    assert unpadded(framed) == text


def test_the_key_number_stands_in_front() -> None:
    assert key_number(seal(CIPHER, 70_000, PLACE, b"")) == 70_000


def test_an_envelope_is_made_as_published_for_it_outlives_every_release() -> None:
    place = Place("entry", "content", ACCOUNT, "row", 7)
    parts = ("entry", "content", str(ACCOUNT), "row", "7")
    bound = b"\x01" + b"".join(bytes([0, len(part)]) + part.encode() for part in parts)
    assert associated_data(place) == bound
    sealed = seal(CIPHER, 0x01020304, place, b"text")
    assert sealed[:5] == b"\x01\x01\x02\x03\x04"
    assert key_number(sealed[:17]) == 0x01020304
    framed = CIPHER.decrypt(sealed[5:17], sealed[17:], bound)
    assert framed == b"\x00\x00\x00\x04text" + bytes(120)


@pytest.mark.parametrize("sealed", [b"", b"\x01", bytes(HEADER_BYTES), b"\x02" + bytes(60)])
def test_what_is_no_envelope_is_refused(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        key_number(sealed)


def test_no_two_seals_share_a_nonce() -> None:
    nonces = {seal(CIPHER, 1, PLACE, b"")[5:HEADER_BYTES] for _ in range(1000)}
    assert len(nonces) == 1000
