"""Long and crooked texts cost no time: every pattern and look-up is linear or refused by length."""

from time import thread_time

import pytest

from app.journal.kinds import KINDS
from tests.journal.kinds.journal_vectors import Members, example, faults_of

LONG = 200_000
MOST_SECONDS = 0.5

HOSTILE = [
    "1" * LONG,
    "2026-05-20T12:00:00." + "0" * LONG + "Z",
    "-" * LONG,
    "a-" * LONG,
    "a" * 8 + "-aaaaaaaa" * LONG + "!",
    "../" * LONG,
    "0197c0de-" + "0" * LONG,
    "\u202e" * LONG,
    "😀" * LONG,
    "\n" * LONG,
]
PLACES: list[tuple[str, str]] = [
    ("mood", "id"),
    ("mood", "occurred_at"),
    ("mood", "time_zone"),
    ("mood", "note"),
    ("mood", "session_id"),
    ("mood", "scope"),
    ("mood", "kind"),
    ("session", "ended_at"),
    ("session", "intention"),
    ("assessment", "language"),
    ("assessment", "form_version"),
]


@pytest.mark.parametrize(("kind", "member"), PLACES)
def test_hostile_text_is_refused_quickly(kind: str, member: str) -> None:
    started = thread_time()
    for text in HOSTILE:
        assert faults_of(example(kind, **{member: text}))
    assert thread_time() - started < MOST_SECONDS


MEMBERS = [(name, member) for name, kind in KINDS.items() for member in kind.content.model_fields]


@pytest.mark.parametrize(("kind", "member"), MEMBERS, ids="-".join)
def test_no_member_takes_an_empty_list(kind: str, member: str) -> None:
    """A push reads a text that is none as one; what was written must never be lost by that."""
    assert any(pointer == f"/{member}" for _, pointer in faults_of(example(kind, **{member: []})))


@pytest.mark.parametrize("number", [10**4000, -(10**4000), 1e308, -1e308, 2**63, 5e-324])
@pytest.mark.parametrize(
    ("kind", "member"),
    [
        ("mood", "score"),
        ("anxiety", "panic_count"),
        ("session", "dose_mg"),
        ("assessment", "total"),
    ],
)
def test_extreme_numbers_are_refused_quickly(kind: str, member: str, number: float) -> None:
    started = thread_time()
    assert faults_of(example(kind, **{member: number}))
    assert thread_time() - started < MOST_SECONDS


@pytest.mark.parametrize(
    ("kind", "members", "expected"),
    [
        ("mood", {"score": 10**400}, ("out_of_range", "/score")),
        ("mood", {"score": 1e400}, ("out_of_range", "/score")),
        ("mood", {"score": float("nan")}, ("out_of_range", "/score")),
        ("mood", {"score": 6.0000000001}, ("off_step", "/score")),
        ("mood", {"help_wanted": 1}, ("wrong_type", "/help_wanted")),
        ("mood", {"note": "\ud800"}, ("wrong_type", "/note")),
        ("assessment", {"language": "en_US"}, ("unknown_value", "/language")),
        ("assessment", {"language": "e"}, ("too_short", "/language")),
        ("assessment", {"language": "en-US\n"}, ("unknown_value", "/language")),
    ],
)
def test_crooked_values_have_a_code(kind: str, members: Members, expected: tuple[str, str]) -> None:
    assert faults_of(example(kind, **members)) == {expected}
