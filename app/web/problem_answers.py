"""Every refusal and every unforeseen fault leaves as one `application/problem+json`."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import partial
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.faults import Fault, request_faults
from app.web.exchange import exchange_of, route_template
from app.web.problems import (
    BadRequest,
    BodyTooLarge,
    Internal,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    Refusal,
    UnsupportedMediaType,
)

MOST_FAULTS = 100
MOST_PLACE_CHARACTERS = 200
PARAMETER_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
UUID_TEXT = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")

KnownFaults = Mapping[type[Exception], Callable[[], Refusal]]
"""What an exception from below the web means for the client."""


def problem_answer(refusal: Refusal, scope: MutableMapping[str, Any]) -> Response:
    """The answer that tells `refusal`; the exchange remembers its code for the log."""
    exchange = exchange_of(scope)
    exchange.problem_code = refusal.code
    members: dict[str, object] = {
        "type": f"/problems/{refusal.code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        "instance": None if refusal.status == Internal.status else _instance(scope),
        "code": refusal.code,
        "errors": [_told(fault) for fault in refusal.faults[:MOST_FAULTS]] or None,
        "request_id": exchange.request_id,
        **refusal.extra,
    }
    body = json.dumps(_present(members), ensure_ascii=False).encode()
    return Response(body, refusal.status, refusal.headers, refusal.media_type)


def _present(members: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in members.items() if value is not None}


def _told(fault: Fault) -> dict[str, object]:
    """A fault in the clear. Names are the client's own words, so odd or long ones stay out."""
    pointer, parameter = fault.pointer, fault.parameter
    if pointer is not None and not (
        len(pointer) <= MOST_PLACE_CHARACTERS and pointer.isprintable()
    ):
        pointer = None
    if parameter is not None and not PARAMETER_NAME.fullmatch(parameter):
        parameter = None
    return _present(
        {
            "pointer": pointer,
            "parameter": parameter,
            "code": fault.code,
            "message": fault.message,
        }
    )


def _instance(scope: MutableMapping[str, Any]) -> str | None:
    """The path, where it is a route of ours filled with ids alone: other paths are input."""
    if route_template(scope) is None or exchange_of(scope).reader_side:
        return None
    if all(UUID_TEXT.fullmatch(str(value)) for value in scope.get("path_params", {}).values()):
        return str(scope["path"])
    return None


def install_problem_answers(app: FastAPI, known: KnownFaults) -> None:
    """Let `app` answer in problems whatever a route or the router raises."""
    app.add_exception_handler(Refusal, _answer(lambda fault: fault))
    app.add_exception_handler(RequestValidationError, _answer(_from_validation))
    app.add_exception_handler(HTTPException, _answer(_from_router))
    for kind, make in known.items():
        app.add_exception_handler(kind, _answer(partial(_known, make)))


def _known(make: Callable[[], Refusal], _fault: Exception) -> Refusal:
    return make()


def _answer(
    meaning: Callable[[Any], Refusal],
) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, fault: Exception) -> Response:
        return problem_answer(meaning(fault), request.scope)

    return answer


def _from_validation(fault: RequestValidationError) -> Refusal:
    """422 with each fault; a path that is not made of ids is no path of ours."""
    errors = fault.errors()
    if any(error["loc"][0] == "path" for error in errors):
        return NotFound()
    return InvalidRequest(faults=request_faults(errors, fault.body))


def _from_router(fault: HTTPException) -> Refusal:
    if fault.status_code == MethodNotAllowed.status:
        return MethodNotAllowed((fault.headers or {}).get("Allow", "").split(", "))
    plain: dict[int, type[Refusal]] = {
        kind.status: kind for kind in (NotFound, BodyTooLarge, UnsupportedMediaType)
    }
    if fault.status_code in plain:
        return plain[fault.status_code]()
    return BadRequest() if fault.status_code < Internal.status else Internal()
