"""A wrong answer would be found: whatever is none of the contract's refusals is counted."""

import json

import httpx
import pytest

from tests.faults.answers import Answers, together

SAVE = httpx.Request("POST", "http://afterglow.test/v1/entries")
PATCH = httpx.Request("PATCH", f"{SAVE.url}/0b0e1b1c-0000-4000-8000-000000000000")
GUARDED = httpx.Request("PATCH", PATCH.url, headers={"If-Match": '"1"'})
REFRESH = httpx.Request("POST", "http://afterglow.test/v1/tokens/refresh")
LATER = {"Retry-After": "1"}


def a_problem(
    status: int,
    code: str,
    request: httpx.Request = SAVE,
    headers: dict[str, str] | None = None,
    kind: str = "application/problem+json",
) -> httpx.Response:
    """An answer that tells this code."""
    body = json.dumps({"code": code, "status": status}).encode()
    named = {"Content-Type": kind} | (headers or {})
    return httpx.Response(status, headers=named, content=body, request=request)


@pytest.mark.parametrize("code", ["unavailable", "overloaded"])
def test_who_is_asked_to_come_back_heard_nothing_wrong(code: str) -> None:
    answers = Answers()
    answers.hear(a_problem(503, code, headers=LATER))
    assert answers == Answers(refused={code: 1})  # type: ignore[arg-type]  # a counter equals it


@pytest.mark.parametrize(
    "answer",
    [
        a_problem(401, "token_invalid"),
        a_problem(412, "precondition_failed", GUARDED),
    ],
)
def test_an_honest_phone_meets_some_refusals_anyway(answer: httpx.Response) -> None:
    answers = Answers()
    answers.hear(answer)
    assert answers.expected.total() == 1
    assert not answers.wrong


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (a_problem(500, "internal"), "500 to POST /v1/entries"),
        (a_problem(503, "unavailable"), "503 unavailable to POST /v1/entries"),
        (a_problem(503, "unavailable", headers={"Retry-After": "0"}), "503 unavailable to POST"),
        (a_problem(503, "internal", headers=LATER), "503 internal to POST"),
        (a_problem(503, "overloaded", kind="application/json", headers=LATER), "503 to POST"),
        (httpx.Response(503, headers=LATER, text="busy", request=SAVE), "503 to POST"),
        (httpx.Response(502, request=SAVE), "502 to POST"),
        (a_problem(408, "request_timeout"), "408 request_timeout to POST"),
        (a_problem(429, "rate_limited", headers=LATER), "429 rate_limited to POST"),
        (a_problem(404, "not_found", GUARDED), "404 not_found to PATCH /v1/entries"),
        (a_problem(412, "precondition_failed", PATCH), "412 precondition_failed to PATCH"),
        (a_problem(412, "precondition_failed"), "412 precondition_failed to POST"),
        (a_problem(401, "token_invalid", REFRESH), "401 token_invalid to POST /v1/tokens/refresh"),
        (a_problem(401, "refresh_refused", REFRESH), "401 refresh_refused to POST"),
        (httpx.Response(307, request=SAVE), "307 to POST"),
    ],
)
def test_anything_else_is_wrong_and_told(answer: httpx.Response, told: str) -> None:
    answers = Answers()
    answers.hear(answer)
    assert answers.wrong.total() == 1
    assert not answers.refused
    assert not answers.expected
    assert told in str(answers)
    assert "wrong ones: 1 (" in str(together([answers, Answers()]))
