"""The way back from a dose holds together for any person and any session."""

from datetime import UTC, datetime, timedelta

import numpy as np

from app.demo.dissociation import EVENING, dissociation_entries
from app.demo.person import a_person

DOSE_AT = datetime(2026, 3, 13, 14, 5, tzinfo=UTC)
ROUNDS = 10_000


def test_who_is_back_at_one_or_less_says_so_and_since_when() -> None:
    random = np.random.default_rng(7)
    for number in range(ROUNDS):
        said_since = None
        for felt in dissociation_entries(a_person(random), number % 40 + 1, DOSE_AT, random):
            at = datetime.fromisoformat(felt["occurred_at"])
            said_since = said_since or felt.get("resolved_at")
            if at > DOSE_AT:
                assert felt.get("resolved", False) == (felt["intensity"] <= 1)
            assert (
                "resolved" not in felt or DOSE_AT < datetime.fromisoformat(said_since or "") <= at
            )
        assert said_since


def test_what_lasts_four_hours_is_written_down_then() -> None:
    random = np.random.default_rng(8)
    lasting = 0
    for _ in range(ROUNDS):
        felt = list(dissociation_entries(a_person(random), 1, DOSE_AT, random))
        back = next(each["resolved_at"] for each in felt if "resolved_at" in each)
        if datetime.fromisoformat(back) - DOSE_AT > timedelta(hours=4):
            lasting += 1
            raised = [each for each in felt if is_at_four_hours(each) and each["intensity"] > 1]
            assert raised
    assert 0.01 < lasting / ROUNDS < 0.05


def is_at_four_hours(felt: dict[str, str]) -> bool:
    since = datetime.fromisoformat(felt["occurred_at"]) - DOSE_AT
    return timedelta(hours=4) <= since < timedelta(minutes=EVENING)
