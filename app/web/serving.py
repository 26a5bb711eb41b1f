"""The innermost part of the shell: finds the route, and turns what it raises into an answer."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.exchange import exchange_of
from app.web.route_table import RouteTable

# A handler takes the exceptions it was installed for, and may wait or not, as the framework has it.
Handlers = Mapping[Any, Callable[..., Response | Awaitable[Response]]]


class Serving:
    """Serves HTTP from the table; what it lacks goes to the framework's router (pure ASGI).

    It does for each request what five layers of the framework would do, less what never comes up
    here: debugging pages, telemetry, mounted limits of bodies, and slashes that redirect.
    """

    def __init__(self, table: RouteTable, other: ASGIApp, handlers: Handlers) -> None:
        """`handlers` answer exceptions, by their types; `other` has what the table lacks."""
        self._table = table
        self._other = other
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection. Raises what no handler is for, and what comes too late for one."""
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        try:
            match, found = self._table.matches(scope)
            scope.update(found)
            serve = self._other if match is Match.NONE else self._table.handle
            await serve(scope, receive, send)
        except Exception as fault:
            handler = self._handler_of(fault)
            if handler is None or exchange_of(scope).status:
                raise
            answer = handler(Request(scope, receive), fault)
            response = answer if isinstance(answer, Response) else await answer
            await response(scope, receive, send)
            fault.__traceback__ = None  # an exception that is raised again would gather them

    def _handler_of(self, fault: Exception) -> Callable[..., Response | Awaitable[Response]] | None:
        kinds = type(fault).__mro__
        return next((self._handlers[kind] for kind in kinds if kind in self._handlers), None)
