"""The rules of passwords."""

import time

import pytest

from app.accounts.passwords import password_faults


def codes(password: str, email: str = "robin.example@example.org") -> list[str]:
    return [fault.code for fault in password_faults(password, email, "/password")]


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("fourteen chars", ["password_too_short"]),
        ("fifteen letters", []),
        ("é" * 15, []),
        ("correct horse battery" * 12, []),
        ("x" * 257, ["password_too_long"]),
        ("x" * 256, []),
        ("afterglow123456789", ["password_context"]),
        ("KETAMINE-clinic-2026", ["password_context"]),
        ("robin.example20261", ["password_context"]),
        ("Robin.Exampleabcdefg", ["password_context"]),
        ("robin.exampleabcdefgh", []),
        ("123456789012345", ["password_context"]),
    ],
)
def test_each_rule_refuses_what_it_is_for(password: str, expected: list[str]) -> None:
    assert codes(password) == expected


def test_a_short_local_part_takes_nothing_away() -> None:
    assert codes("eeeee eeeee eeeee", "e@example.org") == []


def test_faults_point_at_the_member_and_hold_no_part_of_it() -> None:
    (fault,) = password_faults("hunter2", "a@example.org", "/new_password")
    assert fault.pointer == "/new_password"
    assert "hunter2" not in fault.message


def test_the_longest_password_is_judged_in_no_time() -> None:
    started = time.perf_counter()
    for _ in range(200):
        codes("afterglow" * 28, "a" * 64 + "@example.org")
    assert time.perf_counter() - started < 1
