"""Diaries of other apps: what becomes of their rows."""

import pytest

from tests.portability.imports import (
    BEARABLE,
    DAYLIO,
    commit,
    counts,
    entries,
    members,
    preview,
    refused,
)
from tests.service import Patient

pytestmark = pytest.mark.anyio

ZONE = "Europe/Berlin"
HEAD = "full_date,time,mood,activities,note\n"
RATINGS = "date formatted,time of day,category,rating/amount,detail,notes\n"


async def test_a_daylio_file_becomes_moods(patient: Patient) -> None:
    report = await commit(patient, "daylio", DAYLIO, time_zone=ZONE)
    assert counts(report) == {"rows": 9, "created": 6, "refused_count": 3}
    assert refused(report) == [
        (7, "unknown_name", "/mood"),
        (8, "bad_date", "/full_date"),
        (9, "bad_time", "/time"),
    ]
    found = {each["occurred_at"]: members(each) for each in await entries(patient)}
    evening = found["2026-03-14T21:40:00+01:00"]
    assert {name: value for name, value in evening.items() if name != "id"} == {
        "kind": "mood",
        "occurred_at": "2026-03-14T21:40:00+01:00",
        "time_zone": ZONE,
        "score": 7.5,
        "scope": "moment",
        "tags": ["walk", "friends", "good meal"],
        "note": "Evening\nWalked by the river, then home.",
        "source": "import",
    }
    assert found["2026-03-13T00:05:00+01:00"]["score"] == 0
    assert found["2026-03-29T03:30:00+02:00"]["score"] == 10, "the hour that clocks skip"
    long = found["2026-03-10T20:00:00+01:00"]
    assert long["note"] == "a very long activity name that fits no tag | walk"
    assert "tags" not in long


async def test_two_rows_at_one_time_are_two_entries(patient: Patient) -> None:
    await commit(patient, "daylio", DAYLIO, time_zone=ZONE)
    twins = [e for e in await entries(patient) if e["occurred_at"].startswith("2026-03-14T08:10")]
    assert sorted(each["score"] for each in twins) == [2.5, 5]


async def test_a_preview_tells_the_names_and_keeps_nothing(patient: Patient) -> None:
    report = await preview(patient, "daylio", DAYLIO, time_zone=ZONE)
    assert counts(report) == {"rows": 9, "created": 6, "refused_count": 3}
    assert "id" not in report
    assert report["names"][0] == {"name": "foggy", "rows": 1, "known": False}
    assert {"name": "good", "rows": 4, "known": True} in report["names"]
    assert await entries(patient) == []


async def test_a_preview_tells_what_the_commit_then_does(patient: Patient) -> None:
    for _ in range(2):
        tried = await preview(patient, "daylio", DAYLIO, time_zone=ZONE)
        done = await commit(patient, "daylio", DAYLIO, time_zone=ZONE)
        assert counts(tried) == counts(done)


async def test_the_patient_says_what_a_name_is_worth(patient: Patient) -> None:
    scores = [{"name": "Foggy", "score": 3.5}, {"name": "good", "score": 7}]
    report = await commit(patient, "daylio", DAYLIO, time_zone=ZONE, scores=scores)
    assert report["created"] == 7
    found = {each["occurred_at"]: each["score"] for each in await entries(patient)}
    assert found["2026-03-12T19:00:00+01:00"] == 3.5
    assert found["2026-03-14T21:40:00+01:00"] == 7


@pytest.mark.parametrize(
    "text", ["22:30", "10:30 pm", "10:30\u202fPM", "10:30 p.\u00a0m.", "10:30p", "22.30", "22h30"]
)
async def test_a_clock_time_is_read_however_phones_write_it(patient: Patient, text: str) -> None:
    await commit(patient, "daylio", HEAD + f"2026-03-14,{text},good,,\n", time_zone=ZONE)
    assert [e["occurred_at"] for e in await entries(patient)] == ["2026-03-14T22:30:00+01:00"]


async def test_what_only_looks_like_a_clock_time_is_none(patient: Patient) -> None:
    for text in ("2230", "22:3", "24:00", "13:00 pm", "22:30 m.", "\u0662\u0662:30", "p.m."):
        report = await preview(patient, "daylio", HEAD + f"2026-03-14,{text},good,,\n")
        assert refused(report) == [(2, "bad_time", "/time")], text


async def test_a_rating_is_written_in_plain_digits(patient: Patient) -> None:
    texts = ("1_0", "\u0663", "1e1", "nan", "inf", "", "7.5.", "-1", "11", " 7 ", "7.5", "07")
    rows = "".join(f"2026-03-14,am,Mood,{each},,\n" for each in texts)
    report = await preview(patient, "bearable", RATINGS + rows)
    assert report["created"] == 3
    codes = [each[1] for each in refused(report)]
    assert codes == ["wrong_type"] * 7 + ["out_of_range"] * 2


async def test_a_file_that_cannot_be_read_on_says_from_which_row(patient: Patient) -> None:
    row = "2026-01-01,1:00,good,,{}\n"
    for bad in ("x" * 140_000, '"a" b', '"' + "x" * 10):
        content = HEAD + row.format("ok") + "\n" + row.format(bad) + row.format("ok")
        order = {"action": "preview", "diary": "daylio", "content": content}
        answer = await patient.ask("POST", "/v1/imports", json=order)
        (fault,) = answer.json()["errors"]
        assert (fault["code"], fault["pointer"]) == ("malformed_table", "/content")
        assert fault["message"] == "The file cannot be read as a table from row 4 on."


async def test_without_a_zone_the_profiles_is_taken(patient: Patient) -> None:
    await patient.set_time_zone("America/New_York")
    await commit(patient, "daylio", DAYLIO)
    assert {each["time_zone"] for each in await entries(patient)} == {"America/New_York"}


async def test_a_bearable_file_becomes_moods_and_anxieties(patient: Patient) -> None:
    names = ["Anxiety", "racing heart"]
    report = await commit(patient, "bearable", BEARABLE, time_zone=ZONE, anxiety_names=names)
    assert counts(report) == {"rows": 9, "created": 4, "skipped": 3, "refused_count": 2}
    assert refused(report) == [
        (7, "out_of_range", "/rating~1amount"),
        (8, "wrong_type", "/rating~1amount"),
    ]
    assert {"name": "Headache (left)", "rows": 1, "known": False} in report["names"]
    found = {(e["kind"], e["occurred_at"]): e for e in await entries(patient)}
    mood = found["mood", "2026-03-14T21:10:00+01:00"]
    assert (mood["score"], mood["tags"], mood["note"]) == (7, ["Calm", "Hopeful"], "Slept well.")
    anxiety = found["anxiety", "2026-03-14T09:00:00+01:00"]
    assert (anxiety["level"], anxiety["tags"]) == (7.5, ["Anxiety (Severe)"])
    assert found["mood", "2026-03-12T12:00:00+01:00"]["scope"] == "day"


async def test_a_scale_of_five_is_spread_over_ten(patient: Patient) -> None:
    report = await commit(patient, "bearable", BEARABLE, time_zone=ZONE, mood_top=5)
    assert refused(report)[0][:2] == (2, "out_of_range")
    found = {each["occurred_at"]: each for each in await entries(patient, kind="mood")}
    assert found["2026-03-12T12:00:00+01:00"]["score"] == 8


@pytest.mark.parametrize("top", range(5, 11))
async def test_a_rating_of_any_scale_becomes_the_nearest_step_of_ours(
    patient: Patient, top: int
) -> None:
    rows = "".join(f"2026-03-{n + 1:02},all day,Mood,{n},,\n" for n in range(top + 1))
    report = await commit(patient, "bearable", RATINGS + rows, time_zone=ZONE, mood_top=top)
    assert counts(report) == {"rows": top + 1, "created": top + 1}
    scores = [each["score"] for each in reversed(await entries(patient))]
    assert (scores[0], scores[-1]) == (0, 10)
    assert scores == sorted(set(scores))
    assert all(abs(each - n * 10 / top) <= 0.25 for n, each in enumerate(scores))


@pytest.mark.parametrize(
    ("diary", "content", "code"),
    [
        ("daylio", BEARABLE, "unknown_columns"),
        ("bearable", DAYLIO, "unknown_columns"),
        ("daylio", HEAD + '2026-01-01,1:00,"x', "malformed_table"),
        ("afterglow", '{"type":"manifest","format":"other","version":1}', "unknown_format"),
        ("daylio", HEAD + "2026-01-01,1:00,good,,\n" * 1001, "too_many_rows"),
        ("daylio", HEAD + "\n" + "x\n" * 20_000, "too_many_rows"),
        ("bearable", BEARABLE + "x\n" * 20_000, "too_many_rows"),
        ("afterglow", '{"type":"end"}\n' + "\n" * 20_000 + "x", "too_many_rows"),
        (
            "daylio",
            HEAD.replace("\n", "," * 60 + "\n") + "2026-01-01,1:00,good,,\n",
            "unknown_columns",
        ),
    ],
)
async def test_a_file_of_another_kind_is_refused_whole(
    patient: Patient, diary: str, content: str, code: str
) -> None:
    order = {"action": "preview", "diary": diary, "content": content}
    answer = await patient.ask("POST", "/v1/imports", json=order)
    assert answer.status_code == 422
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [(code, "/content")]


async def test_a_row_with_more_cells_than_the_heading_is_refused_unless_they_are_blank(
    patient: Patient,
) -> None:
    rows = "2026-01-01,1:00,good,,Slept well, then woke.\n2026-01-02,1:00,good,,Slept well., ,\n"
    report = await commit(patient, "daylio", HEAD + rows)
    assert counts(report) == {"rows": 2, "created": 1, "refused_count": 1}
    assert refused(report) == [(2, "malformed_row", None)]
    report = await preview(patient, "bearable", RATINGS + "2026-01-01,am,Sleep,7,,,8\n")
    assert refused(report) == [(2, "malformed_row", None)]


async def test_as_many_rows_as_a_request_brings_are_looked_at(patient: Patient) -> None:
    report = await preview(patient, "daylio", HEAD + "x\n" * 20_000)
    assert counts(report) == {"rows": 20_000, "refused_count": 20_000}


async def test_no_value_of_a_bad_row_stands_in_the_answer(patient: Patient) -> None:
    content = HEAD + f"SECRET-DAY,1:00,good,,\n2026-01-01,1:00,good,,{'SECRET' * 400}\n"
    answer = await patient.ask(
        "POST", "/v1/imports", json={"action": "preview", "diary": "daylio", "content": content}
    )
    assert refused(answer.json()) == [(2, "bad_date", "/full_date"), (3, "too_long", "/note")]
    assert "SECRET" not in answer.text


@pytest.mark.parametrize(
    ("order", "code", "pointer"),
    [
        ({}, "missing", "/action"),
        ({"action": "burn"}, "unknown_value", "/action"),
        ({"action": "commit", "diary": "daylio", "content": "x"}, "missing", "/id"),
        ({"action": "preview", "diary": "moodpath", "content": "x"}, "unknown_value", "/diary"),
        ({"action": "undo", "id": "7"}, "bad_uuid", "/id"),
        ({"action": "undo"}, "missing", "/id"),
    ],
)
async def test_a_wrong_order_is_told_member_by_member(
    patient: Patient, order: dict[str, str], code: str, pointer: str
) -> None:
    answer = await patient.ask("POST", "/v1/imports", json=order)
    assert answer.status_code == 422
    assert [(e["code"], e["pointer"]) for e in answer.json()["errors"]] == [(code, pointer)]
