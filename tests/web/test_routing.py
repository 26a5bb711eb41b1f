"""The strict route: body and query, and how the table finds it."""

import pytest
from fastapi import APIRouter, FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from app.web.identity import PUBLIC
from app.web.routing import StrictRequest, StrictRoute
from app.web.shape import build_shell
from tests.web.raw import HOST, ask, post
from tests.web.sample import NOTE_ID, an_app

pytestmark = pytest.mark.anyio


@pytest.fixture
def app() -> FastAPI:
    """The sample app."""
    return an_app()


async def test_model_gets_the_strict_reading(app: FastAPI) -> None:
    assert (await post(app, b'{"kind":"walk","steps":4}')).status == 201
    answer = await post(app, b'{"kind":"walk","steps":4,"steps":5}')
    assert answer.problem()["code"] == "malformed_json"


async def test_taker_gets_the_strict_reading(app: FastAPI) -> None:
    target = f"/v1/notes/{NOTE_ID}".encode()
    answer = await post(app, b'{"anything":["goes"]}', target, "PUT")
    assert (answer.status, b"anything" in answer.body) == (200, True)
    for body in (
        b"",
        b"{",
        b'{"a":NaN}',
        b'{"a":1e999}',
        b'["\\ud800"]',
        b'["\\u0000"]',
        b"[" * 100,
    ):
        refused = await post(app, body, target, "PUT")
        assert (refused.status, refused.problem()["code"]) == (422, "malformed_json")


async def test_body_must_be_there(app: FastAPI) -> None:
    answer = await ask(app, "POST", b"/v1/notes")
    assert (answer.status, answer.problem()["code"]) == (422, "malformed_json")


async def test_unknown_parameter_is_refused(app: FastAPI) -> None:
    answer = await ask(app, target=b"/v1/notes?limit=1&order=up")
    assert answer.status == 422
    (fault,) = answer.problem()["errors"]
    assert (fault["parameter"], fault["code"]) == ("order", "unknown_parameter")


async def test_route_without_parameters_knows_none(app: FastAPI) -> None:
    for query in (b"x=1", b"x=", b"x", b"=1"):
        assert (await ask(app, target=b"/v1/greeting?" + query)).status == 422
    assert (await ask(app, target=b"/v1/greeting?")).status == 200


async def test_single_parameter_stands_once_and_a_list_repeats(app: FastAPI) -> None:
    answer = await ask(app, target=b"/v1/notes?limit=1&limit=1")
    (fault,) = answer.problem()["errors"]
    assert (fault["parameter"], fault["code"]) == ("limit", "repeated_parameter")
    assert (await ask(app, target=b"/v1/notes?kind=walk&kind=rest")).status == 200
    assert (await ask(app, target=b"/v1/notes?kind=walk&kind=rest&kind=walk")).status == 422


async def test_things_made_at_start_reach_the_route(app: FastAPI) -> None:
    assert b"hello" in (await ask(app)).body


async def test_slash_at_the_end_is_another_path(app: FastAPI) -> None:
    for path in (b"/v1/notes/", b"//v1/notes", b"/v1//notes", b"/", b"", b"*"):
        assert (await ask(app, target=path)).status == 404


def table_of_things() -> FastAPI:
    """An app with paths that are spelled out, and others with parameters that fit them too."""
    router = APIRouter(route_class=StrictRoute)

    @router.get("/v1/things/{name}", openapi_extra=PUBLIC)
    async def get_thing(name: str) -> str:
        """One by name."""
        return name

    @router.get("/v1/things/all", openapi_extra=PUBLIC)
    async def list_things() -> str:
        """All."""
        return "list"

    @router.post("/v1/things/all", openapi_extra=PUBLIC)
    async def add_thing() -> str:
        """Add."""
        return "added"

    @router.delete("/v1/things/{name}", openapi_extra=PUBLIC)
    async def delete_thing(name: str) -> str:
        """Delete one."""
        return f"deleted {name}"

    @router.get("/{anything}/x", openapi_extra=PUBLIC)
    async def get_anything(anything: str) -> str:
        """A path that begins with a parameter."""
        return f"any {anything}"

    @router.get("/files/{path:path}", openapi_extra=PUBLIC)
    async def get_file(path: str) -> str:
        """A path with slashes."""
        return f"file {path}"

    return build_shell("Table", "1", [router], {})


@pytest.mark.filterwarnings("error")
async def test_a_path_that_is_spelled_out_is_its_own_and_parameters_take_the_rest() -> None:
    app = table_of_things()
    for method, path, expected in (
        ("GET", b"/v1/things/all", b'"list"'),
        ("POST", b"/v1/things/all", b'"added"'),
        ("DELETE", b"/v1/things/one", b'"deleted one"'),
        ("GET", b"/v1/things/one", b'"one"'),
        ("GET", b"/some/x", b'"any some"'),
        ("GET", b"/files/a/b/c", b'"file a/b/c"'),
    ):
        answer = await ask(app, method, path, [HOST])
        assert (answer.status, answer.body) == (200, expected)
    for method, path, allowed in (
        ("DELETE", b"/v1/things/all", b"GET, POST"),
        ("PATCH", b"/v1/things/one", b"DELETE, GET"),
    ):
        refused = await ask(app, method, path, [HOST])
        assert (refused.status, refused.header(b"allow")) == (405, allowed)
    assert (await ask(app, "POST", b"/files/a/b", [HOST])).header(b"allow") == b"GET"


def test_route_of_another_class_is_refused_at_start() -> None:
    router = APIRouter()

    @router.get("/x", openapi_extra=PUBLIC)
    async def get_x() -> None:
        """Lack the strict class."""

    with pytest.raises(TypeError, match="get_x"):
        build_shell("X", "1", [router], {})


def test_route_that_asks_nobody_is_refused_at_start_unless_public() -> None:
    router = APIRouter(route_class=StrictRoute)

    @router.get("/x")
    async def get_x() -> None:
        """Ask nobody."""

    with pytest.raises(ValueError, match="get_x"):
        build_shell("X", "1", [router], {})


async def test_router_inside_a_router_is_served_and_checked() -> None:
    inner, outer = APIRouter(route_class=StrictRoute), APIRouter(prefix="/v1")

    @inner.get("/x", openapi_extra=PUBLIC)
    async def get_x() -> str:
        """Answer from within."""
        return "x"

    outer.include_router(inner)
    app = build_shell("X", "1", [outer], {})
    assert (await ask(app, target=b"/v1/x", headers=[HOST])).body == b'"x"'
    assert (await ask(app, target=b"/v1/x?y=1", headers=[HOST])).status == 422


@given(st.text("abc=&+%41;~", max_size=24))
def test_a_query_is_split_as_the_framework_splits_it(query: str) -> None:
    scope = {"type": "http", "query_string": query.encode(), "headers": []}
    found = StrictRequest(scope).query_params
    assert found.multi_items() == Request(scope).query_params.multi_items()
