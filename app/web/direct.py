"""Endpoints are called by a plan made at start, where what they ask for is simple.

FastAPI finds out anew for each request what an endpoint and its dependencies take; that was more
than half of the processor time of a list and a third of a write's. What a plan cannot do (bodies
that FastAPI validates, cookies, dependencies that are closed or run in a thread) is left to it.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from inspect import isclass, iscoroutinefunction, signature
from types import UnionType
from typing import Any, Union, get_args, get_origin

from fastapi import params
from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

# What a dependency takes and gives is between it and the endpoint.
Given = dict[str, Any]
Giver = Callable[..., Any]
Wrong = dict[str, Any]
"""Pydantic's details of an error, as FastAPI hands them on."""
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
"""FastAPI's own type of a route's handler."""

PATH, QUERY = params.ParamTypes.path.value, params.ParamTypes.query.value
PLAIN_DEFAULTS = (type(None), bool, int, str)
"""Values that nobody can change, so that requests may share them."""


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One parameter of the path, the query or the headers."""

    field: ModelField
    place: tuple[str, str]
    many: bool
    required: bool
    default: object

    def raw(self, request: Request) -> object:
        """What the request says: text, for a list parameter a list of texts; None if nothing."""
        held, name = self.place
        if held == PATH:
            return request.path_params.get(name)
        known = request.query_params if held == QUERY else request.headers
        if self.many:
            return known.getlist(name) or None
        return known.get(name)

    def read(self, request: Request, given: Given, errors: list[Wrong]) -> None:
        """Put the value among the `given`, or what is wrong with it among the errors."""
        raw = self.raw(request)
        if raw is None and not self.required:
            given[self.field.name] = self.default
        elif raw is None:
            errors.append({"type": "missing", "loc": self.place, "msg": "missing", "input": None})
        else:
            value, wrong = self.field.validate(raw, {}, loc=self.place)
            if wrong:
                errors += wrong
            else:
                given[self.field.name] = value


@dataclass(frozen=True, slots=True)
class _Step:
    """A dependency, or the endpoint itself, which is the last step of its plan."""

    call: Giver
    waits: bool
    request_name: str | None
    after: Sequence[int]
    """The places of the steps that it depends on."""
    takes: Sequence[tuple[str, int]]
    """By which names it is given what they gave."""
    reads: Sequence[_Parameter]


class _Plan:
    """The steps of an endpoint in order, each once however often it is asked for."""

    def __init__(self) -> None:
        """Without any step."""
        self._steps: list[_Step] = []
        self._places: dict[Giver, int] = {}

    def place(self, dependant: Dependant) -> int | None:
        """Add a call behind what it depends on; its place, or None for one that is not simple."""
        call = dependant.call
        if call is None or not _simple(dependant):
            return None
        if call in self._places:
            return self._places[call]
        after = [self.place(each) for each in dependant.dependencies]
        asked = (*dependant.path_params, *dependant.query_params, *dependant.header_params)
        reads = [_parameter(each) for each in asked]
        if None in after or None in reads:
            return None
        named = zip(dependant.dependencies, after, strict=True)
        step = _Step(
            call=call,
            waits=iscoroutinefunction(call),
            request_name=dependant.request_param_name,
            after=[each for each in after if each is not None],
            takes=[(each.name, at) for each, at in named if each.name and at is not None],
            reads=[each for each in reads if each is not None],
        )
        self._places[call] = len(self._steps)
        self._steps.append(step)
        return self._places[call]

    async def run(self, request: Request) -> Any:
        """What the endpoint gives. Raises RequestValidationError with all that is wrong.

        Who depends on something wrong is not called; all others are, and may raise.
        """
        given: list[Any] = []
        failed: set[int] = set()
        errors: list[Wrong] = []
        for place, step in enumerate(self._steps):
            known = len(errors)
            arguments = {name: given[at] for name, at in step.takes}
            for parameter in step.reads:
                parameter.read(request, arguments, errors)
            if len(errors) > known or not failed.isdisjoint(step.after):
                failed.add(place)
                given.append(None)
                continue
            if step.request_name is not None:
                arguments[step.request_name] = request
            result = step.call(**arguments)
            given.append(await result if step.waits else result)
        if errors:
            raise RequestValidationError(errors)
        return given[-1]


def direct_call(dependant: Dependant) -> Handler | None:
    """What calls an endpoint for a request; None where FastAPI has to.

    The handler raises RequestValidationError as FastAPI's does, and what endpoints raise.
    """
    if not _answers_itself(dependant.call):
        return None
    plan = _Plan()
    return None if plan.place(dependant) is None else plan.run


def answering(
    handle: Callable[[Request], Awaitable[Response]], request_class: type[Request]
) -> ASGIApp:
    """An ASGI application of a handler; what it raises is answered further out."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await handle(request_class(scope, receive, send))
        await response(scope, receive, send)

    return app


def _simple(dependant: Dependant) -> bool:
    """Whether it is called on the event loop, with nothing but parameters and the request.

    A class gathers what it is given, and is not sent to a thread for that.
    """
    others = (
        dependant.cookie_params,
        dependant.body_params,
        dependant.websocket_param_name,
        dependant.http_connection_param_name,
        dependant.response_param_name,
        dependant.background_tasks_param_name,
        dependant.security_scopes_param_name,
        dependant.concurrency,
        not dependant.use_cache,
    )
    return not any(others) and (iscoroutinefunction(dependant.call) or isclass(dependant.call))


def _parameter(asked: ModelField) -> _Parameter | None:
    """How a parameter is read; None for models spread over parameters and for other defaults."""
    info = asked.field_info
    if not isinstance(info, params.Param) or is_model(info.annotation):
        return None
    default = None if info.is_required() else asked.default
    if info.validate_default or not isinstance(default, PLAIN_DEFAULTS):
        return None
    place = (info.in_.value, asked.validation_alias or asked.alias)
    return _Parameter(asked, place, is_list(info.annotation), info.is_required(), default)


def is_list(annotation: object) -> bool:
    """Whether a declared type holds several values; `list[X] | None` does too."""
    return any(each in (list, tuple, set, frozenset) for each in _members(annotation))


def is_model(annotation: object) -> bool:
    """Whether a declared type is a model, which FastAPI would spread over parameters."""
    return any(isclass(each) and issubclass(each, BaseModel) for each in _members(annotation))


def _members(annotation: object) -> Iterator[object]:
    """The types of a union, each without what it holds."""
    origin = get_origin(annotation) or annotation
    if origin in (Union, UnionType):
        for each in get_args(annotation):
            yield from _members(each)
    else:
        yield origin


def _answers_itself(call: object) -> bool:
    """Whether it is declared to return a ready answer."""
    if not iscoroutinefunction(call):
        return False
    declared = signature(call).return_annotation
    return isclass(declared) and issubclass(declared, Response)
