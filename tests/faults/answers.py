"""What phones may hear while something breaks; whatever else they hear is a wrong answer."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import httpx

REFRESH = "/v1/tokens/refresh"
PROBLEM = "application/problem+json"
COME_BACK = ("unavailable", "overloaded")
"""The codes of a 503: asking again later is all a phone has to do."""


@dataclass(slots=True)
class Answers:
    """Answers, by what they were."""

    good: int = 0
    expected: Counter[str] = field(default_factory=Counter)
    """Refusals that an honest phone meets anyway: its token is over, or its answer got lost."""
    refused: Counter[str] = field(default_factory=Counter)
    """By their code: the service says that it cannot now, in the contract's words."""
    wrong: Counter[str] = field(default_factory=Counter)

    def hear(self, answer: httpx.Response) -> None:
        """Count one; a part of an answer is none, unless it owns to a fault of its own."""
        if answer.is_success:
            self.good += 1
            return
        if answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR:
            self.wrong[_told(answer, "")] += 1
            return
        answer.read()
        code = _code_of(answer)
        if _is_expected(answer, code):
            self.expected[code] += 1
        elif _says_come_back(answer, code):
            self.refused[code] += 1
        else:
            self.wrong[_told(answer, code)] += 1

    def __str__(self) -> str:
        """In a line: who was asked to come back, and what was wrong."""
        refused = ", ".join(f"{number:,} × 503 {code}" for code, number in self.refused.items())
        wrong = ", ".join(f"{number:,} × {each}" for each, number in self.wrong.items())
        return (
            f"{self.good:,} good answers, {refused or 'no 503'}, wrong ones: {self.wrong.total():,}"
            + (f" ({wrong})" if wrong else "")
        )


def together(answers: Iterable[Answers]) -> Answers:
    """What all of them heard."""
    total = Answers()
    for each in answers:
        total.good += each.good
        total.expected += each.expected
        total.refused += each.refused
        total.wrong += each.wrong
    return total


def _is_expected(answer: httpx.Response, code: str) -> bool:
    request = answer.request
    if (answer.status_code, code) == (httpx.codes.UNAUTHORIZED, "token_invalid"):
        return request.url.path != REFRESH
    conditional = request.method == "PATCH" and "If-Match" in request.headers
    return conditional and (answer.status_code, code) == (412, "precondition_failed")


def _says_come_back(answer: httpx.Response, code: str) -> bool:
    later = answer.headers.get("Retry-After", "")
    return (
        answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
        and code in COME_BACK
        and later.isdecimal()
        and int(later) > 0
    )


def _code_of(answer: httpx.Response) -> str:
    """Its code, where it is a problem that tells its own status; else nothing."""
    if answer.headers.get("Content-Type") != PROBLEM:
        return ""
    try:
        told = answer.json()
    except ValueError:
        return ""
    is_whole = isinstance(told, dict) and told.get("status") == answer.status_code
    return str(told.get("code", "")) if is_whole else ""


def _told(answer: httpx.Response, code: str) -> str:
    """Which answer to what; ids are left out, so equal ones are counted together."""
    resource = "/".join(part for part in answer.request.url.path.split("/") if len(part) < 36)
    return f"{answer.status_code} {code}".strip() + f" to {answer.request.method} {resource}"
