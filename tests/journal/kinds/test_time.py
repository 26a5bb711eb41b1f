"""Instants, zones and the clock: texts as sent, offsets that agree, hours that a clock skips."""

from datetime import UTC, datetime, timedelta

import pytest

from app.journal.kinds import RuleContext, judge, read_draft
from app.journal.kinds.zones import zone_names
from tests.journal.kinds.journal_vectors import NOW, example, faults_of


def at(occurred_at: object, time_zone: object = "Europe/Berlin") -> set[tuple[str, str | None]]:
    return faults_of(example("mood", occurred_at=occurred_at, time_zone=time_zone))


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-20T12:00:00+02:00",
        "2026-05-20T12:00:00.5+02:00",
        "2026-05-20T12:00:00.000001+02:00",
    ],
)
def test_an_instant_comes_back_as_it_was_sent(text: str) -> None:
    content = read_draft(example("mood", occurred_at=text, time_zone="Europe/Berlin")).content
    assert content.members()["occurred_at"] == text
    assert content.instant == datetime.fromisoformat(text)
    assert content.instant.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-05-20",
        "2026-05-20T12:00+02:00",
        "2026-05-20T12:00:00",
        "2026-05-20 12:00:00+02:00",
        "2026-05-20t12:00:00+02:00",
        "2026-05-20T12:00:00z",
        "2026-05-20T12:00:00+0200",
        "2026-05-20T12:00:00+02",
        "2026-05-20T12:00:00+24:00",
        "2026-05-20T12:00:00+02:60",
        "2026-05-20T12:00:00-00:00",
        "2026-05-20T12:00:00.1234567+02:00",
        "2026-05-20T12:00:00.+02:00",
        "2026-05-20T12:00:00,5+02:00",
        "2026-06-30T23:59:60Z",
        "2026-05-20T24:00:00+02:00",
        "2026-13-20T12:00:00+02:00",
        "2026-02-29T12:00:00+01:00",
        "0000-01-01T12:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2026-W21-3T12:00:00+02:00",
        "٢٠٢٦-05-20T12:00:00+02:00",
        " 2026-05-20T12:00:00+02:00",
        "2026-05-20T12:00:00+02:00\n",
    ],
)
def test_other_texts_are_no_instants(text: str) -> None:
    assert at(text) == {("bad_instant", "/occurred_at")}


@pytest.mark.parametrize("value", [1779271200, True, ["2026-05-20T12:00:00Z"], {}])
def test_an_instant_is_text(value: object) -> None:
    assert at(value) == {("wrong_type", "/occurred_at")}


@pytest.mark.parametrize("text", ["2026-03-29T02:30:00+01:00", "2026-03-29T02:30:00+02:00"])
def test_a_skipped_hour_never_was(text: str) -> None:
    assert at(text) == {("offset_mismatch", "/time_zone")}


def test_in_a_repeated_hour_the_offset_tells_which_pass_is_meant() -> None:
    first = read_draft(
        example("mood", occurred_at="2025-10-26T02:30:00+02:00", time_zone="Europe/Berlin")
    ).content
    second = read_draft(
        example("mood", occurred_at="2025-10-26T02:30:00+01:00", time_zone="Europe/Berlin")
    ).content
    for content in (first, second):
        assert judge(content, RuleContext(now=NOW)) == []
    assert second.instant - first.instant == timedelta(hours=1)
    assert first.local_date == second.local_date


@pytest.mark.parametrize("minutes", [44, 45])
def test_an_old_offset_with_seconds_agrees_by_the_minute(minutes: int) -> None:
    # Liberia was 44 minutes and 30 seconds behind until 1972: either minute is a fair rounding.
    assert at(f"1960-05-20T12:00:00-00:{minutes}", "Africa/Monrovia") == set()
    assert at("1960-05-20T12:00:00-00:43", "Africa/Monrovia") == {("offset_mismatch", "/time_zone")}


def test_the_last_year_is_judged_without_a_crash() -> None:
    assert at("9999-12-31T23:30:00Z", "Pacific/Auckland") == {
        ("in_future", "/occurred_at"),
        ("offset_mismatch", "/time_zone"),
    }


def test_the_first_day_is_the_first_of_january_1900_as_written() -> None:
    assert at("1900-01-01T00:00:00+01:00") == set()
    assert at("1899-12-31T23:59:59+01:00") == {("too_early", "/occurred_at")}


@pytest.mark.parametrize(
    "name",
    [
        "Mars/Base",
        "europe/berlin",
        "Europe",
        "localtime",
        "Factory",
        "posixrules",
        "../Europe/Berlin",
        "/etc/localtime",
        "right/Europe/Berlin",
        "zone.tab",
        "Europe/Berlin ",
        "CET-1CEST",
    ],
)
def test_other_names_are_no_zones(name: str) -> None:
    assert at("2026-05-20T12:00:00+02:00", name) == {("unknown_time_zone", "/time_zone")}


def test_a_zone_has_1_to_64_characters() -> None:
    assert at("2026-05-20T12:00:00+02:00", "") == {("too_short", "/time_zone")}
    assert at("2026-05-20T12:00:00+02:00", "x" * 65) == {("too_long", "/time_zone")}
    assert at("2026-05-20T12:00:00+02:00", 2) == {("wrong_type", "/time_zone")}


def test_every_known_zone_works() -> None:
    assert len(zone_names()) > 400
    for name in zone_names():
        content = read_draft(
            example("mood", occurred_at="2026-05-20T12:00:00Z", time_zone=name)
        ).content
        codes = {fault.code for fault in judge(content, RuleContext(now=NOW))}
        assert codes <= {"offset_mismatch"}


@pytest.mark.parametrize(
    ("status", "text", "refused"),
    [
        ("planned", "2027-06-02T12:00:00+00:00", False),
        ("planned", "2027-06-02T12:00:01+00:00", True),
        ("cancelled", "2027-06-02T12:00:00+00:00", False),
        ("cancelled", "2027-06-02T12:00:01+00:00", True),
        ("in_progress", "2026-06-01T12:05:00+00:00", False),
        ("in_progress", "2026-06-01T12:05:01+00:00", True),
        ("missed", "2026-06-02T12:00:00+00:00", True),
    ],
)
def test_only_appointments_lie_ahead(status: str, text: str, *, refused: bool) -> None:
    body = example("session") | {"occurred_at": text, "time_zone": "UTC", "status": status}
    for field in ("vitals", "adverse_effects", "monitoring_minutes"):
        del body[field]
    assert faults_of(body) == ({("in_future", "/occurred_at")} if refused else set())
