"""The ten operations over HTTP, the journal behind them in memory."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import jsonschema  # type: ignore[import-untyped]  # it has no types
import pytest

from app.trends.metrics import METRICS
from app.web.openapi import openapi_document
from app.web.openapi_rules import openapi_faults
from tests.clocks import SetClock
from tests.trends.journals import mood, random_journal, seeded, session
from tests.trends.kept_journal import KeptJournal, app_over, client_of

pytestmark = pytest.mark.anyio

TODAY = date(2026, 4, 8)
NOW = datetime(2026, 4, 8, 12, tzinfo=UTC)
PATHS = {
    "daily": {"metric": "mood"},
    "summary": {},
    "slope": {"metric": "mood"},
    "session-response": {"metric": "mood"},
    "sessions": {},
    "flashbacks": {},
    "assessments": {"instrument": "phq-9"},
    "weekday": {"metric": "mood"},
    "coverage": {},
    "timeline": {},
}
EVERY_PATH = pytest.mark.parametrize(("path", "asked"), PATHS.items(), ids=PATHS.keys())

Query = dict[str, str]


@pytest.fixture
def journal() -> KeptJournal:
    """A hundred random days that end today."""
    seen = random_journal(seeded(8), 100, TODAY - timedelta(days=99))
    return KeptJournal(seen, "America/New_York")


@pytest.fixture
def http(journal: KeptJournal) -> httpx.AsyncClient:
    """The application over that journal, at noon of 8 April 2026."""
    return client_of(app_over(journal, SetClock(NOW)))


async def faults(http: httpx.AsyncClient, path: str, query: str) -> list[tuple[str, str]]:
    answer = await http.get(f"/v1/trends/{path}?{query}")
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"
    return [(fault["parameter"], fault["code"]) for fault in answer.json()["errors"]]


@EVERY_PATH
async def test_an_answer_carries_its_tag_and_may_be_kept_by_the_client_alone(
    http: httpx.AsyncClient, path: str, asked: Query
) -> None:
    answer = await http.get(f"/v1/trends/{path}", params=asked)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["ETag"].startswith('"')
    told = answer.json()
    assert told["window"]["to"] == "2026-04-08"
    assert told["window"]["time_zone"] == "America/New_York"
    assert told["plain"].endswith(".")
    assert b"null" not in answer.content


@EVERY_PATH
async def test_a_client_that_is_up_to_date_gets_304_and_no_entry_is_read(
    http: httpx.AsyncClient, journal: KeptJournal, path: str, asked: Query
) -> None:
    first = await http.get(f"/v1/trends/{path}", params=asked)
    assert len(journal.reads) == 1
    known = {"If-None-Match": first.headers["ETag"]}
    again = await http.get(f"/v1/trends/{path}", params=asked, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert len(journal.reads) == 1


@EVERY_PATH
async def test_strangers_get_401(http: httpx.AsyncClient, path: str, asked: Query) -> None:
    for token in ("", "Bearer other"):
        headers = {"Authorization": token}
        answer = await http.get(f"/v1/trends/{path}", params=asked, headers=headers)
        assert answer.status_code == 401


@EVERY_PATH
async def test_unknown_and_repeated_parameters_are_refused(
    http: httpx.AsyncClient, path: str, asked: Query
) -> None:
    own = "".join(f"{name}={value}&" for name, value in asked.items())
    assert await faults(http, path, own + "smooth=7") == [("smooth", "unknown_parameter")]
    twice = "from=2026-04-01&from=2026-04-01"
    assert await faults(http, path, own + twice) == [("from", "repeated_parameter")]


@EVERY_PATH
async def test_windows_are_judged(http: httpx.AsyncClient, path: str, asked: Query) -> None:
    own = "".join(f"{name}={value}&" for name, value in asked.items())
    reversed_ = "from=2026-04-02&to=2026-04-01"
    assert await faults(http, path, own + reversed_) == [("from", "range_reversed")]
    assert await faults(http, path, own + "from=1990-01-01") == [("from", "window_too_long")]
    assert await faults(http, path, own + "to=2028-01-01") == [("to", "in_future")]
    for bad in ("20260401", "2026-02-30", "2026-4-1", "today", "", "2026-04-01T00:00:00"):
        assert await faults(http, path, own + f"from={bad}") == [("from", "bad_date")]


@pytest.mark.parametrize("path", ["daily", "slope", "session-response", "weekday"])
async def test_metric_is_one_of_seven(http: httpx.AsyncClient, path: str) -> None:
    assert await faults(http, path, "") == [("metric", "missing")]
    assert await faults(http, path, "metric=sleep") == [("metric", "unknown_value")]
    for metric in METRICS:
        answer = await http.get(f"/v1/trends/{path}", params={"metric": metric})
        assert answer.json()["metric"] == metric


async def test_instrument_is_one_with_a_trend(http: httpx.AsyncClient) -> None:
    assert await faults(http, "assessments", "") == [("instrument", "missing")]
    for unknown in ("pc-ptsd-5", "phq9"):
        found = await faults(http, "assessments", f"instrument={unknown}")
        assert found == [("instrument", "unknown_value")]


async def test_days_around_sessions_have_limits(http: httpx.AsyncClient) -> None:
    for name, most in (("before", 28), ("after", 42)):
        for value in (0, most + 1):
            found = await faults(http, "session-response", f"metric=mood&{name}={value}")
            assert found == [(name, "out_of_range")]
        for value in (1, most):
            asked = {"metric": "mood", name: str(value)}
            answer = await http.get("/v1/trends/session-response", params=asked)
            offsets = [point["offset"] for point in answer.json()["response"]["curve"]]
            assert (offsets[0] if name == "before" else offsets[-1]) in (value, -value)
        assert await faults(http, "session-response", f"metric=mood&{name}=7.0")


async def test_comparison_is_on_a_date_of_the_window(http: httpx.AsyncClient) -> None:
    own = "from=2026-03-01&compare_on="
    assert await faults(http, "flashbacks", own + "2026-02-28") == [("compare_on", "out_of_range")]
    assert await faults(http, "flashbacks", own + "soon") == [("compare_on", "bad_date")]
    answer = await http.get(f"/v1/trends/flashbacks?{own}2026-03-20")
    assert answer.json()["flashbacks"]["comparison"]["date"] == "2026-03-20"


async def test_no_value_of_the_query_stands_in_a_refusal(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/trends/daily?metric=secret7391&from=secret7391&to=2199-07-31")
    assert answer.status_code == 422
    assert "secret7391" not in answer.text
    assert "2199" not in answer.text


async def test_tomorrow_is_shown_once_an_entry_has_it(
    http: httpx.AsyncClient, journal: KeptJournal
) -> None:
    journal.kept.append(session(TODAY + timedelta(days=1), status="planned"))
    answer = await http.get("/v1/trends/coverage")
    assert answer.json()["window"]["to"] == "2026-04-08"
    journal.kept.append(mood(TODAY + timedelta(days=1), 5))
    answer = await http.get("/v1/trends/coverage")
    assert answer.json()["window"]["to"] == "2026-04-09"


def test_operations_are_described_by_the_rules_of_the_house() -> None:
    document = openapi_document(app_over(KeptJournal(), SetClock(NOW)))
    told = {path: methods["get"]["operationId"] for path, methods in document["paths"].items()}
    assert told == {
        "/v1/trends/daily": "getDailyTrend",
        "/v1/trends/summary": "getTrendSummary",
        "/v1/trends/slope": "getSlope",
        "/v1/trends/session-response": "getSessionResponse",
        "/v1/trends/sessions": "getSessionTable",
        "/v1/trends/flashbacks": "getFlashbackTrend",
        "/v1/trends/assessments": "getAssessmentTrend",
        "/v1/trends/weekday": "getWeekdayPattern",
        "/v1/trends/coverage": "getCoverage",
        "/v1/trends/timeline": "getTimeline",
    }
    assert openapi_faults(document) == []


async def test_answers_fit_their_described_shape(http: httpx.AsyncClient) -> None:
    document = openapi_document(app_over(KeptJournal(), SetClock(NOW)))
    for path, asked in PATHS.items():
        answer = await http.get(f"/v1/trends/{path}", params=asked)
        described = document["paths"][f"/v1/trends/{path}"]["get"]["responses"]["200"]
        schema = described["content"]["application/json"]["schema"]
        validate(answer.json(), {**schema, "components": document["components"]})


def validate(value: Any, schema: dict[str, Any]) -> None:
    jsonschema.validate(value, schema, jsonschema.Draft202012Validator)
