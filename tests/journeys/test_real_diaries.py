"""Real diaries, replayed through a running server; the numbers come from the files alone."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.process import RunningService, served

DIARIES = Path(__file__).parents[3] / "shared" / "data"
MOMENTS = DIARIES / "kossakowski2017_single_patient_esm.csv"
DAYS = DIARIES / "ifit_daily_two_people.csv"
AMSTERDAM = "Europe/Amsterdam"
FIRST_DAY = date(2026, 1, 5)
Row = dict[str, str]
# Answers are JSON.
Json = Any

pytestmark = pytest.mark.skipif(
    not MOMENTS.exists(), reason="the diaries lie outside the repository: their licence wants it"
)


@pytest.fixture
def running(own_url: str, tmp_path: Path) -> Iterator[RunningService]:
    """A server process on each engine in turn."""
    with served(own_url, tmp_path) as service:
        yield service


def rows_of(file: Path) -> list[Row]:
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


def halves(value: float, low: float, high: float) -> float:
    """A rating of another scale on 0 to 10 in steps of 0.5."""
    return round((value - low) / (high - low) * 20) / 2


def moment_drafts(row: Row) -> list[dict[str, Json]]:
    """Mood and anxiety of one beep, at the local time it was answered."""
    local = datetime.fromisoformat(f"{row['local_date']}T{row['local_time']}")
    written = local.replace(tzinfo=ZoneInfo(AMSTERDAM)).isoformat()
    shared = {"occurred_at": written, "time_zone": AMSTERDAM}
    mood = halves(float(row["mood_cheerf"]), 1, 7)
    anxiety = halves(float(row["mood_anxious"]), -3, 3)
    return [
        {"id": an_id(written, "mood"), "kind": "mood", "score": mood} | shared,
        {"id": an_id(written, "anxiety"), "kind": "anxiety", "level": anxiety} | shared,
    ]


def an_id(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "/".join(parts)))


def push(http: httpx.Client, headers: dict[str, str], drafts: list[dict[str, Json]]) -> None:
    for start in range(0, len(drafts), 200):
        changes = [
            {"id": draft["id"], "op": "upsert", "data": draft}
            for draft in drafts[start : start + 200]
        ]
        body = {"device_id": "diary", "changes": changes}
        answer = http.post("/v1/sync/changes", headers=headers, json=body)
        assert {each["status"] for each in answer.json()["results"]} == {"applied"}


def test_a_man_who_answered_ten_beeps_a_day_for_eight_months(running: RunningService) -> None:
    rows = rows_of(MOMENTS)
    by_day: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        by_day[row["local_date"]].append(halves(float(row["mood_cheerf"]), 1, 7))
    window = {"from": min(by_day), "to": max(by_day)}
    calendar = (date.fromisoformat(window["to"]) - date.fromisoformat(window["from"])).days + 1
    with running.client() as http:
        headers = {"Authorization": f"Bearer {running.sign_up(http)}"}
        push(http, headers, [draft for row in rows for draft in moment_drafts(row)])
        params = {"metric": "mood", **window}
        trend = http.get("/v1/trends/daily", headers=headers, params=params).json()
        logging = http.get("/v1/trends/coverage", headers=headers, params=window).json()["logging"]
    assert len(trend["days"]) == calendar
    found = {day["date"]: (day["n"], day["value"]) for day in trend["days"] if day["n"]}
    assert found == {day: (len(each), median(each)) for day, each in by_day.items()}
    assert trend["n_days"] == len(by_day) == 238
    assert trend["coverage"] == round(len(by_day) / calendar, 6)
    assert logging["overall"]["observed_days"] == len(by_day)
    assert logging["overall"]["longest_gap_days"] == longest_gap(set(by_day), **window)


def longest_gap(days: set[str], **window: str) -> int:
    first, last = (date.fromisoformat(window[name]) for name in ("from", "to"))
    longest = run = 0
    for offset in range((last - first).days + 1):
        logged = (first + timedelta(days=offset)).isoformat() in days
        run = 0 if logged else run + 1
        longest = max(longest, run)
    return longest


@pytest.mark.parametrize("person", ["1", "3"])
def test_two_people_who_wrote_once_a_day(running: RunningService, person: str) -> None:
    rows = [row for row in rows_of(DAYS) if row["id"] == person]
    kept: dict[str, float] = {}
    with running.client() as http:
        headers = {"Authorization": f"Bearer {running.sign_up(http)}"}
        for row in rows:
            day = (FIRST_DAY + timedelta(days=int(row["row_in_person"]) - 1)).isoformat()
            if row["interested"] in ("", "NA"):
                continue
            kept[day] = halves(float(row["interested"]), 0, 100)
            draft = {
                "id": an_id(person, day),
                "kind": "mood",
                "occurred_at": f"{day}T21:00:00+00:00",
                "time_zone": "UTC",
                "score": kept[day],
                "scope": "day",
            }
            assert http.post("/v1/entries", headers=headers, json=draft).status_code == 201
        window = {"from": min(kept), "to": max(kept)}
        params = {"metric": "mood", **window}
        trend = http.get("/v1/trends/daily", headers=headers, params=params).json()
        summary = http.get("/v1/trends/summary", headers=headers, params=window).json()
    found = {day["date"]: day["value"] for day in trend["days"] if "value" in day}
    assert found == kept
    last_week = [kept[day] for day in sorted(kept) if day > last_day_before(window["to"])]
    (mood,) = [each for each in summary["metrics"] if each["metric"] == "mood"]
    assert mood["last_7"] == {"n_days": len(last_week), "median": median(last_week)}
    for row in trend["days"]:
        assert row.get("rolling_median_7") == rolling(kept, row["date"])


def last_day_before(to: str) -> str:
    return (date.fromisoformat(to) - timedelta(days=7)).isoformat()


def rolling(kept: dict[str, float], day: str) -> float | None:
    week = [
        kept[each]
        for back in range(7)
        if (each := (date.fromisoformat(day) - timedelta(days=back)).isoformat()) in kept
    ]
    return median(week) if len(week) >= 3 else None
