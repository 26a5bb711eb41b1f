"""The route class of the whole API: strict body, strict query, and strangers learn 401 first."""

import re
from collections.abc import Callable, Coroutine, Iterator
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin
from uuid import UUID

from fastapi import Body, Path, params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from fastapi.utils import create_model_field
from pydantic import BaseModel, BeforeValidator
from pydantic_core import PydanticCustomError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive

from app.faults import Fault
from app.web.identity import signed_in
from app.web.json_reading import read_json
from app.web.problems import InvalidRequest, Refusal

BODY = "afterglow.body"
TAKEN = "__afterglow_takes__"

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
"""FastAPI's own type of a route's handler."""

UUID_TEXT = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def written_id(value: object) -> object:
    """The form 8-4-4-4-12 alone; pydantic would read braces, `urn:uuid:` and bare digits too."""
    if isinstance(value, str) and not UUID_TEXT.fullmatch(value):
        raise PydanticCustomError("bad_uuid", "not a UUID")
    return value


PathId = Annotated[UUID, BeforeValidator(written_id), Path(description="Id of the thing, a UUID.")]
"""For a parameter of the path; anything else there is 404."""


def takes(model: type[BaseModel]) -> Callable[[Endpoint], Endpoint]:
    """Mark an endpoint that judges its JSON body itself, by `json_body(request)`.

    `model` is what the OpenAPI file says of that body; FastAPI does not validate it.
    """

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, TAKEN, model)
        return endpoint

    return mark


def taken_by(endpoint: object) -> type[BaseModel] | None:
    """The model that an endpoint `takes`, if it does."""
    return getattr(endpoint, TAKEN, None)


def json_body(request: Request) -> object:
    """The value of the body, read once by StrictRoute; None when an optional body is absent."""
    value: object = request.scope.get(BODY)
    return value


class StrictRequest(Request):
    """A request whose body was read before FastAPI asks for it."""

    _bytes: bytes = b""

    async def body(self) -> bytes:
        """The bytes of the body; empty for a route that takes none."""
        return self._bytes

    async def json(self) -> object:
        """The value of the strict reading."""
        return json_body(self)

    async def read(self, *, required: bool) -> None:
        """Take the body in and read it. Raises MalformedJson; an empty one counts as absent."""
        self._bytes = await _whole(self.receive)
        if self._bytes or required:
            self.scope[BODY] = read_json(self._bytes)


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
        model = taken_by(endpoint)
        if model is not None:
            # Set after FastAPI built its handler: the OpenAPI file shows it, nothing validates it.
            body = Body()
            body.annotation = model
            self.body_field = create_model_field(self.unique_id, model, field_info=body)

    def get_route_handler(self) -> Handler:
        """FastAPI's handler with the strict reading in front."""
        handle = super().get_route_handler()
        query, secured, field = QueryRule(self.dependant), self.is_secured(), self.body_field
        takes_body = field is not None or taken_by(self.endpoint) is not None
        required = field is None or field.field_info.is_required()

        async def strict(request: Request) -> Response:
            strict_request = StrictRequest(request.scope, request.receive)
            try:
                query.check(strict_request)
                if takes_body:
                    await strict_request.read(required=required)
            except Refusal:
                if secured:
                    await signed_in(request)
                raise
            return await handle(strict_request)

        return strict

    def is_secured(self) -> bool:
        """Whether the endpoint asks who calls."""
        return any(each.call is signed_in for each in dependencies_of(self.dependant))


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
        self._lists = {each.alias for each in fields if _is_list(each.field_info.annotation)}

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


def _is_list(annotation: object) -> bool:
    """Whether a declared type holds several values; `list[X] | None` does too."""
    origin = get_origin(annotation) or annotation
    if origin in (Union, UnionType):
        return any(_is_list(each) for each in get_args(annotation))
    return origin in (list, tuple, set, frozenset)


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
