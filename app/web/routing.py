"""The route class of the whole API: strict body, strict query, and strangers learn 401 first."""

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import Body, Path, params
from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from fastapi.utils import create_model_field
from pydantic import BaseModel, BeforeValidator
from pydantic_core import PydanticCustomError
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive

from app.faults import Fault
from app.web.direct import Handler, answering, direct_call, is_list
from app.web.identity import signed_in
from app.web.json_reading import read_json
from app.web.problems import InvalidRequest, Refusal

BODY = "afterglow.body"
TAKEN = "__afterglow_takes__"
JUDGED_ALONE = "__afterglow_judged_alone__"

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
UUID_TEXT = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def written_id(value: object) -> object:
    """The form 8-4-4-4-12 alone; pydantic would read braces, `urn:uuid:` and bare digits too."""
    if isinstance(value, str) and not UUID_TEXT.fullmatch(value):
        raise PydanticCustomError("bad_uuid", "not a UUID")
    return value


PathId = Annotated[UUID, BeforeValidator(written_id), Path(description="Id of the thing, a UUID.")]
"""For a parameter of the path; anything else there is 404."""


def takes(
    model: type[BaseModel], *, judged_alone: str | None = None
) -> Callable[[Endpoint], Endpoint]:
    """Mark an endpoint that judges its JSON body itself, by `json_body(request)`.

    `model` is what the OpenAPI file says of that body; FastAPI does not validate it.
    `judged_alone`: the member whose values the endpoint judges one by one (see `read_json`).
    """

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, TAKEN, model)
        setattr(endpoint, JUDGED_ALONE, judged_alone)
        return endpoint

    return mark


def taken_by(endpoint: object) -> type[BaseModel] | None:
    """The model that an endpoint `takes`, if it does."""
    return getattr(endpoint, TAKEN, None)


def json_body(request: Request) -> object:
    """The value of the body, read once by StrictRoute; None when an optional body is absent."""
    value: object = request.scope.get(BODY)
    return value


class PlainQuery(QueryParams):
    """Made of pairs of texts; the framework's own copies all of them twice, for other makings."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        """`pairs` in the order in which they stand."""
        self._list, self._dict = pairs, dict(pairs)

    def get(self, key: Any, default: Any = None) -> Any:
        """As the framework's, which raises and catches an error for each that is absent."""
        return self._dict.get(key, default)


class StrictRequest(Request):
    """A request whose body was read before FastAPI asks for it."""

    _bytes: bytes = b""
    _query: QueryParams | None = None

    @property
    def query_params(self) -> QueryParams:
        """Split by hand where nothing is encoded, in a third of the time."""
        if self._query is None:
            self._query = PlainQuery(_pairs(self.scope["query_string"].decode("latin-1")))
        return self._query

    async def body(self) -> bytes:
        """The bytes of the body; empty for a route that takes none."""
        return self._bytes

    async def json(self) -> object:
        """The value of the strict reading."""
        return json_body(self)

    async def read(self, *, required: bool, judged_alone: str | None) -> None:
        """Take the body in and read it. Raises MalformedJson; an empty one counts as absent."""
        self._bytes = await _whole(self.receive)
        if self._bytes or required:
            self.scope[BODY] = read_json(self._bytes, judged_alone)


class StrictRoute(APIRoute):
    """Reads the body once and strictly, and refuses unknown or repeated query parameters.

    A fault of the input is told to signed-in callers alone: others get 401 first.
    """

    # FastAPI's settings of a route are many and its own; they are handed through.
    def __init__(self, path: str, endpoint: Callable[..., Any], **settings: Any) -> None:
        """As APIRoute, but named by the function and summed up by its docstring's first line."""
        settings["generate_unique_id_function"] = operation_id
        super().__init__(path, endpoint, **settings)
        self.summary = self.summary or self.description.partition("\n")[0].rstrip(".") or None
        for body in self.dependant.body_params:
            _without_alias(body)
        model = taken_by(endpoint)
        if model is not None:
            # Set after FastAPI built its handler: the OpenAPI file shows it, nothing validates it.
            body = Body()
            body.annotation = model
            self.body_field = create_model_field(self.unique_id, model, field_info=body)
        if direct_call(self.dependant) is not None:
            self.app = answering(self.get_route_handler(), StrictRequest)
        else:  # FastAPI's own handler keeps what it has to close in a stack
            self.app = AsyncExitStackMiddleware(self.app)

    def get_route_handler(self) -> Handler:
        """The endpoint, or FastAPI's handler of it, with the strict reading in front."""
        handle = direct_call(self.dependant) or super().get_route_handler()
        query, secured, field = QueryRule(self.dependant), self.is_secured(), self.body_field
        takes_body = field is not None or taken_by(self.endpoint) is not None
        required = field is None or field.field_info.is_required()
        judged_alone = getattr(self.endpoint, JUDGED_ALONE, None)

        async def strict(request: Request) -> Response:
            if not isinstance(request, StrictRequest):  # FastAPI's own handler made it
                request = StrictRequest(request.scope, request.receive)
            try:
                query.check(request)
                if takes_body:
                    await request.read(required=required, judged_alone=judged_alone)
            except Refusal:
                if secured:
                    await signed_in(request)
                raise
            return await handle(request)

        return strict

    def is_secured(self) -> bool:
        """Whether the endpoint asks who calls."""
        return any(each.call is signed_in for each in dependencies_of(self.dependant))


def _without_alias(body: ModelField) -> None:
    """A body is no member of anything: pydantic, building its model later, warns of an alias."""
    body.field_info.alias = body.field_info.validation_alias = None
    body.__post_init__()


def operation_id(route: APIRoute) -> str:
    """`create_entry` becomes `createEntry`."""
    first, *others = (route.operation_id or route.name).split("_")
    return first + "".join(word.capitalize() for word in others)


def dependencies_of(dependant: Dependant) -> Iterator[Dependant]:
    """Every dependency below `dependant`."""
    for each in dependant.dependencies:
        yield each
        yield from dependencies_of(each)


class QueryRule:
    """Which query parameters a route knows, and which of them may be repeated."""

    def __init__(self, dependant: Dependant) -> None:
        """Taken from the declared parameters of the endpoint and its dependencies."""
        fields = [each for each in get_flat_params(dependant) if _is_query(each.field_info)]
        self._known = {each.alias for each in fields}
        self._lists = {each.alias for each in fields if is_list(each.field_info.annotation)}

    def check(self, request: Request) -> None:
        """Raises InvalidRequest with a fault for each parameter that does not belong."""
        if not request.scope["query_string"]:
            return
        seen: set[str] = set()
        faults = []
        for name, _ in request.query_params.multi_items():
            if name not in self._known:
                faults.append(_fault("unknown_parameter", name))
            elif name in seen and name not in self._lists:
                faults.append(_fault("repeated_parameter", name))
            seen.add(name)
        if faults:
            raise InvalidRequest(faults=faults)


PARAMETER_MESSAGES = {
    "unknown_parameter": "There is no such parameter here.",
    "repeated_parameter": "This parameter stands at most once.",
}


def _fault(code: str, name: str) -> Fault:
    return Fault(code, PARAMETER_MESSAGES[code], parameter=name)


def _is_query(info: object) -> bool:
    return isinstance(info, params.Query)


def _pairs(query: str) -> list[tuple[str, str]]:
    if "%" in query or "+" in query:
        return parse_qsl(query, keep_blank_values=True)
    parts = (pair.partition("=") for pair in query.split("&") if pair)
    return [(name, value) for name, _, value in parts]


async def _whole(receive: Receive) -> bytes:
    """The body of a request. Raises ClientDisconnect, and what the input gate raises."""
    chunks = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
