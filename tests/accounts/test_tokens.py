"""Tokens are told apart and checked by their text alone."""

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.derivation import DeviceTokens, new_secret, read_refresh_token
from app.accounts.tokens import (
    DIGITS,
    TokenKind,
    TokenMalformed,
    base62,
    base62_value,
    body_of,
    checksum,
    fingerprint,
    mint,
    token_of,
    value_of,
)

CHECK_VALUE = "aga_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf3SWUaO"
KINDS = st.sampled_from(list(TokenKind))


def test_the_check_value_of_the_specification() -> None:
    assert token_of(TokenKind.ACCESS, bytes(range(32))) == CHECK_VALUE
    assert value_of(TokenKind.ACCESS, CHECK_VALUE, 32) == bytes(range(32))


@given(st.binary(min_size=32, max_size=32))
def test_every_value_comes_back_from_its_token(value: bytes) -> None:
    assert value_of(TokenKind.SHARE, token_of(TokenKind.SHARE, value), 32) == value


@given(st.integers(0, 62**20 - 1))
def test_base62_is_read_as_it_was_written(number: int) -> None:
    text = base62(number, 20)
    assert len(text) == 20
    assert base62_value(text) == number


@pytest.mark.parametrize("kind", TokenKind)
def test_minted_tokens_are_well_formed_and_differ(kind: TokenKind) -> None:
    minted = {mint(kind) for _ in range(200)}
    assert len(minted) == 200
    for token in minted:
        assert len(token) == kind.characters
        assert re.fullmatch(kind.pattern, token)
        assert len(body_of(kind, token)) == kind.width
        assert len(fingerprint(kind, token)) == 32


@given(KINDS, KINDS)
def test_a_token_of_one_kind_is_none_of_another(kind: TokenKind, other: TokenKind) -> None:
    token = mint(kind)
    if kind is not other:
        with pytest.raises(TokenMalformed):
            body_of(other, token)


@given(KINDS, st.data())
def test_one_changed_character_is_noticed(kind: TokenKind, data: st.DataObject) -> None:
    token = mint(kind)
    place = data.draw(st.integers(0, len(token) - 1))
    put = data.draw(st.sampled_from([d for d in DIGITS + "_- é" if d != token[place]]))
    with pytest.raises(TokenMalformed):
        body_of(kind, token[:place] + put + token[place + 1 :])


@given(KINDS, st.text(max_size=90))
def test_any_other_text_is_refused_and_nothing_else_is_raised(kind: TokenKind, text: str) -> None:
    with pytest.raises(TokenMalformed):
        body_of(kind, text)


@pytest.mark.parametrize(
    ("token", "rule"),
    [
        ("agr_!" + CHECK_VALUE[4:], "length"),
        ("agx_!" + CHECK_VALUE[5:], "prefix"),
        ("aga_!" + CHECK_VALUE[5:], "alphabet"),
        (CHECK_VALUE[:-1] + "P", "checksum"),
    ],
)
def test_faults_are_judged_in_the_order_of_their_cost(token: str, rule: str) -> None:
    with pytest.raises(TokenMalformed, match=rule):
        body_of(TokenKind.ACCESS, token)


def test_a_number_beyond_its_bytes_is_refused() -> None:
    text = "agr_" + "z" * 70
    with pytest.raises(TokenMalformed, match="value"):
        value_of(TokenKind.REFRESH, text + checksum(text), 52)


@given(
    st.uuids(),
    st.integers(0, 2**32 - 1),
    st.datetimes(datetime(2020, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the bounds must be naive
)
def test_a_devices_tokens_are_made_again_bit_for_bit(
    device_id: UUID, generation: int, issued_at: datetime
) -> None:
    secret = new_secret()
    one, same = DeviceTokens(device_id, secret), DeviceTokens(device_id, secret)
    assert one.refresh_token(generation) == same.refresh_token(generation)
    assert one.access_token(generation, issued_at) == same.access_token(generation, issued_at)
    later = issued_at + timedelta(microseconds=1)
    assert one.access_token(generation, issued_at) != one.access_token(generation, later)
    claim = read_refresh_token(one.refresh_token(generation))
    assert claim[:2] == (device_id, generation)
    assert one.made(claim)


def test_a_claim_is_false_for_another_device_generation_or_secret() -> None:
    device_id, secret = uuid4(), new_secret()
    claim = read_refresh_token(DeviceTokens(device_id, secret).refresh_token(7))
    assert not DeviceTokens(device_id, new_secret()).made(claim)
    assert not DeviceTokens(uuid4(), secret).made(claim)
    assert not DeviceTokens(device_id, secret).made(claim._replace(generation=8))


def test_tokens_are_derived_as_published_for_devices_keep_theirs_over_releases() -> None:
    device_id, secret, issued_at = uuid4(), bytes(range(32)), datetime(2026, 6, 1, 12, tzinfo=UTC)
    tokens_of_it = DeviceTokens(device_id, secret)
    seventh = (7).to_bytes(4, "big")
    instant = (1_780_315_200 * 1_000_000).to_bytes(8, "big")

    def mac(text: bytes) -> bytes:
        return hmac.new(secret, text, hashlib.sha256).digest()

    refresh = device_id.bytes + seventh + mac(b"refresh" + device_id.bytes + seventh)
    assert tokens_of_it.refresh_token(7) == token_of(TokenKind.REFRESH, refresh)
    access = mac(b"access" + device_id.bytes + seventh + instant)
    assert tokens_of_it.access_token(7, issued_at) == token_of(TokenKind.ACCESS, access)


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        (TokenKind.ACCESS, 2**256),
        (TokenKind.REFRESH, 2**256),
        (TokenKind.SHARE, 2**256),
        (TokenKind.RECOVERY, 62**20),
    ],
)
def test_a_token_is_drawn_from_256_bits_or_all_that_its_body_holds(
    monkeypatch: pytest.MonkeyPatch, kind: TokenKind, numbers: int
) -> None:
    asked: list[int] = []

    def highest(below: int) -> int:
        asked.append(below)
        return below - 1

    monkeypatch.setattr(secrets, "randbelow", highest)
    assert base62_value(body_of(kind, mint(kind))) == numbers - 1
    assert asked == [numbers]
