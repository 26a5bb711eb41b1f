"""Vital signs of a session: each number just below it, at it, just above."""

from datetime import timedelta

import pytest

from tests.safety.journals import DOSE, seen, session


@pytest.mark.parametrize(
    ("systolic", "diastolic", "speaks"),
    [(139, 89, False), (140, 90, False), (141, 90, True), (140, 91, True), (160, 95, True)],
)
def test_pressure_before_the_dose_is_raised_above_140_and_90(
    systolic: int, diastolic: int, *, speaks: bool
) -> None:
    numbers = {"systolic": systolic, "diastolic": diastolic}
    early = (DOSE - timedelta(minutes=1)).isoformat()
    for place in ({"phase": "pre"}, {"at": early}, {"phase": "pre", "at": early}):
        found = seen(session(vitals=[place | numbers]))
        assert found == ({"bp_high_pre": numbers} if speaks else {})
    for place in ({"at": DOSE.isoformat()}, {"phase": "peak", "at": early}):
        assert seen(session(vitals=[place | numbers])) == {}


@pytest.mark.parametrize(
    ("systolic", "diastolic", "speaks"),
    [(179, 109, False), (180, 109, True), (179, 110, True), (181, 111, True)],
)
def test_pressure_is_high_from_180_and_110(systolic: int, diastolic: int, *, speaks: bool) -> None:
    reading = {"phase": "post", "systolic": systolic, "diastolic": diastolic}
    found = seen(session(vitals=[reading]))
    told = {"systolic": systolic, "diastolic": diastolic}
    assert found == ({"bp_high": told} if speaks else {})


@pytest.mark.parametrize(
    ("systolic", "diastolic", "speaks"),
    [(159, 94, False), (160, 94, True), (159, 95, True), (150, 80, False)],
)
def test_pressure_rose_by_40_or_25_since_the_last_before_the_dose(
    systolic: int, diastolic: int, *, speaks: bool
) -> None:
    at = [(DOSE + timedelta(minutes=each)).isoformat() for each in (-30, -5)]
    vitals = [
        {"at": at[1], "systolic": 120, "diastolic": 70},
        {"phase": "pre", "at": at[0], "systolic": 100, "diastolic": 60},
        {"phase": "peak", "systolic": systolic, "diastolic": diastolic},
    ]
    found = seen(session(vitals=vitals))
    assert ("bp_high" in found) is speaks
    if speaks:
        assert (found["bp_high"]["pre_systolic"], found["bp_high"]["pre_diastolic"]) == (120, 70)


def test_a_high_pressure_before_the_dose_is_both_and_no_rise() -> None:
    found = seen(session(vitals=[{"phase": "pre", "systolic": 185}]))
    assert found == {"bp_high_pre": {"systolic": 185}, "bp_high": {"systolic": 185}}


def test_a_fall_or_a_lone_number_is_no_rise() -> None:
    pre = {"phase": "pre", "systolic": 130, "diastolic": 80}
    for after in ({"systolic": 60}, {"diastolic": 90}, {"pulse": 90}):
        assert seen(session(vitals=[pre, {"phase": "peak", **after}])) == {}
    only = {"phase": "pre", "pulse": 70}
    assert seen(session(vitals=[only, {"phase": "peak", "systolic": 179}])) == {}


@pytest.mark.parametrize(
    ("values", "facts"),
    [
        ([89], {"lowest": 89, "count_below_92": 1}),
        ([90], None),
        ([91, 92], None),
        ([91, 91], {"lowest": 91, "count_below_92": 2}),
        ([92, 92], None),
        ([95, 88, 91], {"lowest": 88, "count_below_92": 2}),
    ],
)
def test_oxygen_is_low_below_90_once_or_below_92_twice(
    values: list[int], facts: dict[str, float] | None
) -> None:
    found = seen(session(vitals=[{"phase": "peak", "spo2": value} for value in values]))
    assert found.get("spo2_low") == facts
