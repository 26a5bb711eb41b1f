"""Which endpoints are called without FastAPI, and that nobody can tell."""

# Endpoints that are looked at and never called have no body here.
# mypy: disable-error-code="empty-body"

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Cookie, Depends, FastAPI, Header, Query
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.web.answers import json_answer
from app.web.direct import Handler, direct_call
from app.web.identity import PUBLIC, Authenticator, CurrentPatient
from app.web.problems import TokenInvalid
from app.web.provide import provided
from app.web.routing import PathId, StrictRoute, json_body, takes
from app.web.shape import build_shell
from tests.web.raw import HOST, JSON, ask, post
from tests.web.sample import NOTE_ID, PATIENT, TOKEN, Greeter, NoteDraft

pytestmark = pytest.mark.anyio


async def opened() -> AsyncIterator[str]:
    """A dependency that is closed afterwards."""
    yield "open"


def at_once(request: Request) -> str:
    """A dependency that FastAPI runs in a thread."""
    return request.method


class Shape(BaseModel):
    """Several parameters in one model."""

    width: int


async def with_body(draft: NoteDraft) -> Response: ...
async def with_a_cookie(crumb: Annotated[str, Cookie()]) -> Response: ...
async def with_a_model(shape: Annotated[Shape, Query()]) -> Response: ...
async def with_a_shared_default(kind: Annotated[list[str], Query()] = ["all"]) -> Response: ...  # noqa: B006 - the case
async def with_answer_of_its_own(response: Response) -> Response: ...
async def with_an_opened(text: Annotated[str, Depends(opened)]) -> Response: ...
async def with_a_thread(text: Annotated[str, Depends(at_once)]) -> Response: ...
async def with_a_value(request: Request) -> dict[str, int]: ...
async def without_a_promise(request: Request): ...  # type: ignore[no-untyped-def]  # the case
def in_a_thread(request: Request) -> Response: ...


@pytest.mark.parametrize(
    "endpoint",
    [
        with_body,
        with_a_cookie,
        with_a_model,
        with_a_shared_default,
        with_answer_of_its_own,
        with_an_opened,
        with_a_thread,
        with_a_value,
        without_a_promise,
        in_a_thread,
    ],
)
def test_what_fastapi_has_to_do_is_left_to_it(endpoint: Callable[..., Any]) -> None:
    assert direct_call(StrictRoute("/", endpoint, response_model=None).dependant) is None


class Colour(StrEnum):
    """A few words."""

    RED = "red"
    BLUE = "blue"


async def counted(request: Request) -> list[str]:
    """Leaves a trace of each call."""
    calls: list[str] = request.scope["calls"]
    calls.append("counted")
    return calls


async def bounded(
    calls: Annotated[list[str], Depends(counted)], most: Annotated[int, Query(le=9)] = 3
) -> int:
    """A dependency with a parameter and a dependency of its own."""
    calls.append("bounded")
    return most


class Gathered:
    """A class that gathers."""

    def __init__(
        self, request: Request, most: Annotated[int, Depends(bounded)], day: date | None = None
    ) -> None:
        """Keep it."""
        self.kept = (request.method, most, day)


async def everything(  # noqa: PLR0917 - one of each
    request: Request,
    thing_id: PathId,
    calls: Annotated[list[str], Depends(counted)],
    gathered: Annotated[Gathered, Depends()],
    limit: Annotated[int, Query(ge=1)],
    colour: Annotated[list[Colour] | None, Query(max_length=2)] = None,
    text: Annotated[str, Query(alias="words", pattern="^[a-z]*$")] = "none",
    known: Annotated[str | None, Header(alias="If-None-Match")] = None,
    user_agent: Annotated[str | None, Header()] = None,
) -> Response:
    """Answer with all that was given."""
    told = [thing_id, calls, gathered.kept, limit, colour, text, known, user_agent]
    return Response(repr(told))


EVERYTHING = StrictRoute("/{thing_id}", everything, openapi_extra=PUBLIC)
QUERIES = (
    "limit=4",
    "limit=4&colour=red&colour=blue&words=abc&day=2026-06-01&most=9",
    "",
    "limit=",
    "limit=0&words=A",
    "limit=four&colour=green",
    "limit=4&colour=red&colour=red&colour=blue",
    "limit=4&most=10",
    "limit=4&day=yesterday&most=x",
    "limit=4&words=",
    "limit=1&limit=2",
)


async def told(handle: Handler, query: str, thing_id: str) -> object:
    """What a handler answers or raises, and which dependencies it called."""
    calls: list[str] = []
    async with AsyncExitStack() as stack:
        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/{thing_id}",
            "query_string": query.encode(),
            "path_params": {"thing_id": thing_id},
            "headers": [(b"if-none-match", b'"7"'), (b"user-agent", b"test")],
            "calls": calls,
            "fastapi_middleware_astack": stack,
            "fastapi_inner_astack": stack,
            "fastapi_function_astack": stack,
        }
        try:
            return (await handle(Request(scope))).body
        except RequestValidationError as fault:
            details = [(each["type"], each["loc"], each.get("input")) for each in fault.errors()]
            return details, calls


@pytest.mark.parametrize("thing_id", [NOTE_ID, "not-an-id"])
@pytest.mark.parametrize("query", QUERIES)
async def test_a_plan_gives_what_fastapi_gives(query: str, thing_id: str) -> None:
    planned = direct_call(EVERYTHING.dependant)
    assert planned is not None
    by_fastapi = await told(APIRoute.get_route_handler(EVERYTHING), query, thing_id)
    assert await told(planned, query, thing_id) == by_fastapi


async def nothing() -> Response: ...
async def the_request(anything: Request) -> JSONResponse: ...
async def who_calls(request: Request, caller: CurrentPatient) -> Response: ...


@pytest.mark.parametrize("endpoint", [nothing, the_request, who_calls])
def test_what_asks_the_request_alone_is_called_directly(endpoint: Callable[..., Any]) -> None:
    assert direct_call(StrictRoute("/", endpoint).dependant) is not None


router = APIRouter(route_class=StrictRoute, tags=["Direct"])


@router.post("/v1/greetings")
@takes(NoteDraft)
async def greet(
    heard: Request, caller: CurrentPatient, greeter: Annotated[Greeter, Depends(provided(Greeter))]
) -> Response:
    """Answer with all that was given."""
    body = json_body(heard)
    if body == {"fall": "over"}:
        raise RuntimeError("this text must not leave the house")
    assert caller == PATIENT
    return json_answer(f'"{greeter.greeting} {body}"'.encode(), 201)


@router.get("/v1/nothing", openapi_extra=PUBLIC)
async def get_nothing() -> Response:
    """Ask for nothing."""
    return json_answer(b"0")


@pytest.fixture
def app() -> FastAPI:
    """The two endpoints behind the whole shell."""

    async def authenticate(token: str, *, writes: bool = False) -> object:
        if token != TOKEN:
            raise TokenInvalid
        return PATIENT

    return build_shell("Direct", "1", [router], {Authenticator: authenticate, Greeter: Greeter()})


async def test_it_gets_what_it_asks_for(app: FastAPI) -> None:
    answer = await post(app, b'{"a":1}', b"/v1/greetings")
    assert (answer.status, answer.body) == (201, b"\"hello {'a': 1}\"")
    assert (await ask(app, target=b"/v1/nothing", headers=[HOST])).body == b"0"


async def test_strangers_learn_401_whatever_they_send(app: FastAPI) -> None:
    for body in (b'{"a":1}', b"{"):
        answer = await ask(app, "POST", b"/v1/greetings", [HOST, JSON], [body])
        assert (answer.status, answer.problem()["code"]) == (401, "token_invalid")


async def test_refusals_and_faults_are_answered_as_everywhere(app: FastAPI) -> None:
    for body, status, code in (
        (b"{", 422, "malformed_json"),
        (b"", 422, "malformed_json"),
        (b'{"fall":"over"}', 500, "internal"),
    ):
        answer = await post(app, body, b"/v1/greetings")
        assert (answer.status, answer.problem()["code"]) == (status, code)
        assert b"must not leave" not in answer.body
    assert (await ask(app, target=b"/v1/nothing?x=1", headers=[HOST])).status == 422
    assert (await ask(app, "DELETE", b"/v1/nothing", headers=[HOST])).status == 405
