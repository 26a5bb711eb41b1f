"""Passcodes: even, kind to those who type them, and kept as slow hashes."""

from collections import Counter

import pytest

from app.sharing.passcodes import (
    ALPHABET,
    GENERATED_CHARACTERS,
    generate_passcode,
    passcode_matches,
    passcode_verifier,
)


def test_alphabet_has_nothing_that_is_misread() -> None:
    assert ALPHABET == "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    assert not set(ALPHABET) & set("01ILO")


def test_every_character_is_as_likely_as_the_others() -> None:
    drawn = 4000
    counts = Counter("".join(generate_passcode() for _ in range(drawn)))
    expected = drawn * GENERATED_CHARACTERS / len(ALPHABET)
    chi_squared = sum((counts[c] - expected) ** 2 / expected for c in ALPHABET)
    assert set(counts) == set(ALPHABET)
    # 30 degrees of freedom: a fair draw exceeds this once in ten million runs.
    assert chi_squared < 90


def test_places_of_a_passcode_are_independent() -> None:
    made = {generate_passcode() for _ in range(2000)}
    assert len(made) == 2000
    assert all(len({code[place] for code in made}) == len(ALPHABET) for place in range(8))


@pytest.mark.parametrize(
    "attempt",
    ["ABCD2345", "abcd2345", "abcd-2345", " AB CD 23 45\n", "abcd–2345", "AbCd\u00a02345"],
)
def test_generated_passcode_forgives_case_blanks_and_hyphens(attempt: str) -> None:
    verifier = passcode_verifier("ABCD2345", generated=True)
    assert passcode_matches(attempt, verifier, generated=True)


@pytest.mark.parametrize(
    "attempt", ["ABCD2346", "ABCD234", "ABCD23455", "", "DCBA5432", "ABCD_2345"]
)
def test_generated_passcode_forgives_nothing_else(attempt: str) -> None:
    verifier = passcode_verifier("ABCD2345", generated=True)
    assert not passcode_matches(attempt, verifier, generated=True)


@pytest.mark.parametrize(
    "attempt", ["blue Horse-7", "Blue horse-7", "BlueHorse-7", "Blue Horse7", "Blue Horse-7 "]
)
def test_chosen_passcode_is_compared_exactly(attempt: str) -> None:
    verifier = passcode_verifier("Blue Horse-7", generated=False)
    assert passcode_matches("Blue Horse-7", verifier, generated=False)
    assert not passcode_matches(attempt, verifier, generated=False)


def test_verifier_is_slow_salted_and_tells_nothing() -> None:
    one = passcode_verifier("ABCD2345", generated=True)
    other = passcode_verifier("ABCD2345", generated=True)
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != other
    assert "ABCD2345" not in one
