"""A line of the log for each exchange: marks and figures, never path, query, header or body."""

from collections.abc import Callable, MutableMapping
from typing import Any

from app.web.exchange import Exchange, route_template
from app.web.identity import SignedIn
from app.web.logs import DayMarks, EventLog

Observer = Callable[[Exchange, MutableMapping[str, Any]], None]
"""Sees an exchange when it is over, with its ASGI scope."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SERVER_FAULT = 500
FORBIDDEN = 403
TOKEN_REFUSED = "token_invalid"  # noqa: S105 - a problem code


def access_log(log: EventLog, marks: DayMarks | None = None) -> Observer:
    """An observer that writes a line for each exchange, and one before it where access is refused.

    Ids of callers appear as `marks` of the day.
    """

    def observe(exchange: Exchange, scope: MutableMapping[str, Any]) -> None:
        exception, place = exchange.fault or (None, None)
        caller = _caller(exchange.signed_in, marks)
        if exchange.status == FORBIDDEN or exchange.problem_code == TOKEN_REFUSED:
            log(
                "access.refused",
                "warning",
                request_id=exchange.request_id,
                route=route_template(scope),
                problem=exchange.problem_code,
                **caller,
            )
        log(
            "request",
            _level(exchange),
            request_id=exchange.request_id,
            trace_id=exchange.trace.trace_id if exchange.trace else None,
            method=exchange.method if exchange.method in METHODS else "other",
            route=route_template(scope),
            status=exchange.status,
            problem=exchange.problem_code,
            duration_ms=round(exchange.seconds() * 1000, 3),
            bytes_in=exchange.bytes_in,
            bytes_out=exchange.bytes_out,
            exception=exception,
            place=place,
            **caller,
        )

    return observe


def _level(exchange: Exchange) -> str:
    if exchange.fault:
        return "error"
    return "warning" if exchange.status >= SERVER_FAULT else "info"


def _caller(caller: object, marks: DayMarks | None) -> dict[str, str]:
    if not isinstance(caller, SignedIn) or marks is None:
        return {}
    return {"account": marks(caller.account_id), "device": marks(caller.device_id)}
