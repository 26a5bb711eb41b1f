"""The OpenAPI file is the service's own, keeps every rule, and holds what the API promises."""

import ast
import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from app.web.openapi import openapi_document, openapi_text
from app.web.openapi_rules import openapi_faults
from app.web.problems import RateLimited, Refusal
from tests.contract.operations import MAY_TELL, NOT_BUILT, PROMISED, PUBLIC
from tests.contract.paths import OPENAPI_FILE, ROOT, Document
from tests.web.openapi_examples import example_faults, examples

PROBLEMS = (ROOT / "docs/clients/problems.md").read_text(encoding="utf-8")
OF_NO_OPERATION = {
    "bad_request",
    "https_required",
    "method_not_allowed",
    "request_timeout",
    "target_too_long",
    "head_too_large",
}
"""Answers to requests that reach no operation."""


def operations_of(document: Document) -> dict[str, tuple[str, str]]:
    """Method and path by operationId, as PROMISED writes them."""
    return {
        operation["operationId"]: (method, re.sub(r"\{\w+\}", "{}", path))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_the_committed_file_is_what_the_service_says(app: FastAPI) -> None:
    written = openapi_text(openapi_document(app))
    assert OPENAPI_FILE.read_text(encoding="utf-8") == written, "run `make openapi`"


def test_the_file_keeps_every_rule(document: Document) -> None:
    assert openapi_faults(document) == []


def test_every_example_validates(document: Document) -> None:
    assert example_faults(document) == []
    assert len(list(examples(document))) >= 18, "three examples a kind at least"


def test_every_promised_operation_is_there_or_known_as_missing(document: Document) -> None:
    built = {name: place for name, place in PROMISED.items() if name not in NOT_BUILT}
    assert operations_of(document) == built


def test_what_is_built_is_no_longer_listed_as_missing(document: Document) -> None:
    assert not NOT_BUILT & operations_of(document).keys()
    assert PROMISED.keys() >= NOT_BUILT


WAYS_IN = {
    "AccountDraft": {"email", "password", "locale"},
    "RecoveryStart": {"email"},
    "RecoveryCompletion": {"request_id", "code", "new_password", "device", "recovery_code"},
}
"""All that is asked of who signs up or comes back."""


def test_nobody_is_asked_for_a_hint_or_a_secret_question(document: Document) -> None:
    for name, members in WAYS_IN.items():
        assert document["components"]["schemas"][name]["properties"].keys() == members
        assert document["components"]["schemas"][name]["additionalProperties"] is False


def test_an_operation_is_public_or_asks_for_the_bearer_token(document: Document) -> None:
    (scheme,) = document["components"]["securitySchemes"]
    assert document["security"] == [{scheme: []}]
    for methods in document["paths"].values():
        for operation in methods.values():
            name = operation["operationId"]
            public: list[dict[str, list[str]]] = [{}, {scheme: []}] if name in MAY_TELL else []
            assert operation.get("security") == (public if name in PUBLIC else None), name


def secured(document: Document) -> Iterator[tuple[str, str]]:
    """Method and a callable path of each operation that is not public."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] not in PUBLIC:
                yield method, re.sub(r"\{\w+\}", "0197c0de-0011-7000-8000-000000000011", path)


@pytest.mark.anyio
async def test_a_stranger_gets_401_from_every_operation_that_is_not_public(
    app: FastAPI, document: Document
) -> None:
    asked = list(secured(document))
    assert len(asked) > 30
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://afterglow.test"
    ) as http:
        for method, path in asked:
            answer = await http.request(method, path)
            assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid"), path


def refusals_of(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    """The whole family of the service's refusals, as far as they have a code of their own."""
    if "code" in vars(kind):
        yield kind
    for child in kind.__subclasses__():
        if child.__module__.startswith("app."):
            yield from refusals_of(child)


def codes_of(document: Document) -> dict[str, set[str]]:
    """The statuses under which the file names each problem code."""
    codes: dict[str, set[str]] = {}
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                for code in re.findall(r"`(\w+)`", response["description"]):
                    codes.setdefault(code, set()).add(status)
    return codes


def test_the_file_names_every_problem_code_under_its_status(document: Document) -> None:
    named = codes_of(document)
    for kind in refusals_of(Refusal):
        if kind.code not in OF_NO_OPERATION:
            assert str(kind.status) in named.get(kind.code, ()), kind.code
    assert named.keys() <= {kind.code for kind in refusals_of(Refusal)}


def test_every_problem_code_is_explained_to_clients() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (\d{3}) \|", PROBLEMS, re.MULTILINE))
    assert rows == {kind.code: str(kind.status) for kind in refusals_of(Refusal)}


OF_CODES = {"Fault", "fault", "EntryWarning", "DoseLimit"}
"""What is made from a code first."""


def told_codes() -> set[str]:
    """Every code that the source gives a rule or a warning by name."""
    codes: set[str] = set()
    for file in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            codes |= codes_in(node)
    return codes


def codes_in(node: ast.AST) -> set[str]:
    """The code of `Fault("code", …)`, and the keys of a dict of messages."""
    match node:
        case ast.Call(func=ast.Name(made), args=[first, *_]) if made in OF_CODES:
            keys: list[ast.expr | None] = [first]
        case ast.Assign(targets=[ast.Name(name)], value=ast.Dict(keys=keys)):
            keys = keys if name.endswith("MESSAGES") else []
        case _:
            keys = []
    return {str(each.value) for each in keys if isinstance(each, ast.Constant)}


def test_every_rule_and_warning_is_explained_to_clients() -> None:
    _, _, tables = PROBLEMS.partition("## Rules")
    cells = re.findall(r"^\| (`.*?) \|", tables, re.MULTILINE)
    explained = [code for cell in cells for code in re.findall(r"`(\w+)`", cell)]
    assert len(explained) == len(set(explained))
    assert set(explained) == told_codes()


def test_every_refusal_that_asks_to_come_back_says_when() -> None:
    asks = [kind for kind in refusals_of(Refusal) if kind.status in (429, 503)]
    assert {kind.status for kind in asks} == {429, 503}
    for kind in asks:
        refusal = kind(7) if issubclass(kind, RateLimited) else kind()
        assert int(refusal.headers["Retry-After"]) >= 1, kind.code
