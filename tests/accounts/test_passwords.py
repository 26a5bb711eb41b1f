"""The rules of passwords."""

import subprocess
import sys
import time
import tracemalloc
import unicodedata

import pytest

from app.accounts.common_passwords import LIST_FILE, MARK_BYTES, folded, is_common
from app.accounts.passwords import password_faults
from tests.accounts.common_list import listed, made


def codes(password: str, email: str = "robin.example@example.org") -> list[str]:
    return [fault.code for fault in password_faults(password, email, "/password")]


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("fourteen chars", ["password_too_short"]),
        ("fifteen letters", []),
        ("ä-ü ö-é ß-ç ñ-å", []),
        ("correct horse battery" * 12, []),
        ("x" * 257, ["password_too_long"]),
        ("7 larks over a grey field; " * 9 + "and 12 herons", []),
        ("x" * 256, ["password_weak"]),
        ("é" * 15, ["password_weak"]),
        ("aZ5" * 24, ["password_weak"]),
        ("afterglow123456789", ["password_context", "password_weak"]),
        ("KETAMINE-clinic-2026", ["password_context"]),
        ("robin.example20261", ["password_context", "password_weak"]),
        ("Robin.Exampleabcdefg", ["password_context", "password_weak"]),
        ("robin.exampleabcdefgh", ["password_weak"]),
        ("robin.example lives here", []),
        ("123456789012345", ["password_common", "password_context", "password_weak"]),
        ("passwordpassword", ["password_common", "password_weak"]),
    ],
)
def test_each_rule_refuses_what_it_is_for(password: str, expected: list[str]) -> None:
    assert codes(password) == expected


@pytest.mark.parametrize(
    "password",
    [
        "correcthorsebatterystaple",
        "CORRECTHORSEBATTERYSTAPLE",
        "cOrReCtHoRsEbAtTeRyStApLe",
        "dairyQUEENisGood",
        "chelseaRocketDog",
        "chelsearocketdog",
        "Chelsearocketdog",
        "CHELSEAROCKETDOG",
    ],
)
def test_a_common_password_is_refused_however_it_is_cased(password: str) -> None:
    assert "password_common" in codes(password)


def test_a_word_that_was_listed_in_one_casing_alone_is_among_those() -> None:
    known = {each for each in listed() if folded(each) == "chelsearocketdog"}
    assert known == {"chelseaRocketDog"}


def test_common_passwords_are_compared_in_one_unicode_form() -> None:
    listed = "asdfjkl;asdfjkl;"
    other_form = listed.replace(";", "\N{GREEK QUESTION MARK}")
    assert unicodedata.normalize("NFC", other_form) == listed
    assert "password_common" in codes(listed)
    assert "password_common" in codes(other_form)


def test_the_list_is_that_of_the_package_folded() -> None:
    assert LIST_FILE.read_bytes() == made()


def test_the_list_holds_a_hundred_thousand_that_are_long_enough() -> None:
    assert LIST_FILE.stat().st_size / MARK_BYTES > 300_000


def test_no_process_holds_the_list() -> None:
    is_common("a first one, which loads what it needs")
    tracemalloc.start()
    try:
        for number in range(50):
            is_common(f"a password of number {number}")
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_words_that_a_guesser_knows_make_a_password_weak() -> None:
    assert codes("wilhelmina.quist", "someone@example.org") == []
    assert "password_weak" in codes("wilhelmina.quist", "wilhelmina.quist@example.org")


def test_parts_of_an_address_are_words_that_a_guesser_knows() -> None:
    assert codes("quistrandzwolle", "someone@example.org") == []
    assert codes("quistrandzwolle", "zwolle-quistrand@example.org") == ["password_weak"]


def test_a_short_local_part_takes_nothing_away() -> None:
    assert codes("eleven geese never sleep", "e@example.org") == []


@pytest.mark.parametrize(
    ("password", "email"),
    [
        ("eve eve eve 1980", "eve@example.org"),
        ("a-ketamine-by-moonlight", "a-ketamine-by-moonlight@example.org"),
    ],
)
def test_easy_words_leave_too_little_the_longest_taken_away_first(
    password: str, email: str
) -> None:
    assert "password_context" in codes(password, email)


def test_faults_point_at_the_member_and_hold_no_part_of_it() -> None:
    (fault,) = password_faults("hunter2", "a@example.org", "/new_password")
    assert fault.pointer == "/new_password"
    assert "hunter2" not in fault.message


def test_the_longest_password_is_judged_in_no_time() -> None:
    codes("a first one, which loads the lists")
    started = time.thread_time()
    for _ in range(20):
        codes("afterglow" * 28, "a" * 64 + "@example.org")
    assert time.thread_time() - started < 1


def test_characters_that_may_stand_for_letters_cost_no_more_than_others() -> None:
    codes("a first one, which loads the lists")
    hardest = "@4a8({<[3eg69|1!i0o$5s+7t%x2z" * 3
    started = time.thread_time()
    assert codes(hardest) == []
    assert time.thread_time() - started < 0.1


def test_a_password_full_of_characters_that_may_stand_for_letters_is_judged_too() -> None:
    assert codes("@4a8({<[3eg69|1!i0o$5s+7t%x2z") == []


def test_nothing_of_it_is_loaded_before_it_is_needed() -> None:
    told = "import sys, app.main; print('zxcvbn_rs_py' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
