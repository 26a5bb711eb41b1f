"""Dissociation after a session: each number just below it, at it, just above."""

from datetime import timedelta

import pytest

from tests.safety.journals import DOSE, SESSION_ID, dissociation, entry, seen, the_session


@pytest.mark.parametrize(
    ("minutes", "speaks"), [(239, False), (239.9, False), (240, True), (240.1, True), (1440, True)]
)
def test_dissociation_is_persistent_from_240_minutes(minutes: float, *, speaks: bool) -> None:
    found = seen(dissociation(minutes, 9), the_session())
    assert ("dissociation_persistent" in found) is speaks
    if speaks:
        assert found["dissociation_persistent"]["minutes"] == minutes


@pytest.mark.parametrize(
    ("pre", "intensity", "speaks"),
    [
        (None, 2, False),
        (None, 2.5, True),
        (0.5, 2, False),
        (1, 2, False),
        (1, 2.5, True),
        (1.5, 2.5, False),
        (1.5, 3, True),
        (4, 5, False),
        (4, 5.5, True),
    ],
)
def test_the_usual_level_is_that_before_the_dose_and_at_least_1(
    pre: float | None, intensity: float, *, speaks: bool
) -> None:
    before = [] if pre is None else [dissociation(0, pre)]
    found = seen(dissociation(300, intensity), the_session(), *before)
    assert ("dissociation_persistent" in found) is speaks


def test_the_level_before_the_dose_is_the_latest_up_to_the_dose() -> None:
    others = [dissociation(-60, 8), dissociation(0, 2), dissociation(1, 9), the_session()]
    found = seen(dissociation(300, 4), *others)["dissociation_persistent"]
    assert (found["pre"], found["threshold"]) == (2, 3)


def test_only_the_latest_entry_speaks_and_two_at_one_instant_both_are() -> None:
    high = dissociation(300, 9)
    assert "dissociation_persistent" not in seen(high, the_session(), dissociation(301, 0))
    assert "dissociation_persistent" in seen(high, the_session(), dissociation(300, 0))
    assert "dissociation_persistent" in seen(high, the_session(), dissociation(299, 0))


def test_resolved_or_not_said_is_not_the_same_as_not_resolved() -> None:
    assert seen(dissociation(300, 1, resolved=True), the_session()) == {}
    assert seen(dissociation(300, 1), the_session()) == {}
    assert "dissociation_persistent" in seen(dissociation(300, 0, resolved=False), the_session())


@pytest.mark.parametrize("status", ["planned", "cancelled", "missed"])
def test_without_a_dose_there_is_nothing_to_count_from(status: str) -> None:
    body = dissociation(300, 9, distress=9)
    assert seen(body, the_session(status=status)) == {}
    assert seen(body) == {}
    assert len(seen(body, the_session(status="in_progress"))) == 2


@pytest.mark.parametrize(
    ("distress", "minutes", "speaks"),
    [
        (7.5, 121, False),
        (8, 121, True),
        (10, 121, True),
        (8, 119, False),
        (8, 120, False),
        (8, 120.5, True),
    ],
)
def test_distress_speaks_from_8_and_after_120_minutes(
    distress: float, minutes: float, *, speaks: bool
) -> None:
    found = seen(dissociation(minutes, 3, distress=distress), the_session())
    assert ("dissociation_distress" in found) is speaks


@pytest.mark.parametrize(("minutes", "speaks"), [(59, False), (60, False), (61, True)])
def test_distress_speaks_after_the_discharge(minutes: int, *, speaks: bool) -> None:
    discharge = (DOSE + timedelta(minutes=60)).isoformat()
    found = seen(dissociation(minutes, 3, distress=8), the_session(discharge_ready_at=discharge))
    assert ("dissociation_distress" in found) is speaks


def test_a_zone_change_between_dose_and_entry_changes_no_minute() -> None:
    here = entry(
        "dissociation",
        DOSE,
        session_id=SESSION_ID,
        intensity=9,
        occurred_at="2026-05-20T21:00:00+09:00",
        time_zone="Asia/Tokyo",
    )
    assert seen(here, the_session())["dissociation_persistent"]["minutes"] == 240
