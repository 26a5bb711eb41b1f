"""Finds the route of a request by look-up; the framework would try all of them in turn, twice."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NoReturn

from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from app.web.problems import MethodNotAllowed

SPELLED_OUT = 3
"""A path is told apart by its first two segments (behind the empty one), where they are fixed."""

Shape = tuple[int, str]
"""Number of segments, and how the path begins."""


class RouteTable(BaseRoute):
    """All routes of the API behind one.

    A path that a route spells out is that route's alone, as OpenAPI has it: what its methods do
    not take is 405, and no parameter of another path swallows it.
    """

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        """Routes that are not paths with plain parameters are tried last, in order."""
        self.routes: list[BaseRoute] = list(routes)
        self._spelled_out: dict[tuple[str, str], APIRoute] = {}
        self._fixed: dict[str, list[BaseRoute]] = defaultdict(list)
        self._shaped: dict[Shape, list[BaseRoute]] = defaultdict(list)
        self._others: list[BaseRoute] = []
        for route in self.routes:
            self._place(route)

    def _place(self, route: BaseRoute) -> None:
        if not isinstance(route, APIRoute) or ":path}" in route.path:
            self._others.append(route)
        elif not route.param_convertors:
            self._fixed[route.path].append(route)
            for method in route.methods or ():
                self._spelled_out.setdefault((method, route.path), route)
        elif "{" not in (shape := _shape(route.path))[1]:
            self._shaped[shape].append(route)
        else:
            self._others.append(route)

    def _candidates(self, path: str) -> Iterator[BaseRoute]:
        if path in self._fixed:
            yield from self._fixed[path]
            return
        yield from self._shaped.get(_shape(path), ())
        yield from self._others

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route that fits path and method; else one that fits the path alone."""
        known = self._spelled_out.get((scope["method"], scope["path"]))
        if known is not None:
            return Match.FULL, {"route": known, "endpoint": known.endpoint, "path_params": {}}
        partial: Scope | None = None
        for route in self._candidates(scope["path"]):
            match, found = route.matches(scope)
            if match is Match.FULL:
                return match, {"route": route, **found}
            if match is Match.PARTIAL and partial is None:
                partial = {"route": route, **found}
        return (Match.NONE, {}) if partial is None else (Match.PARTIAL, partial)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve by the route that `matches` put into the scope. Raises MethodNotAllowed."""
        route: BaseRoute = scope["route"]
        if not isinstance(route, APIRoute):
            # FastAPI's own handlers, of routers inside routers, keep what they close in a stack.
            await AsyncExitStackMiddleware(route.handle)(scope, receive, send)
        elif scope["method"] in (route.methods or ()):
            await route.app(scope, receive, send)
        else:
            raise MethodNotAllowed(self._allowed(scope))

    def _allowed(self, scope: Scope) -> list[str]:
        """Every method that fits the path, sorted."""
        fitting = [
            route
            for route in self._candidates(scope["path"])
            if isinstance(route, APIRoute) and route.matches(scope)[0] is not Match.NONE
        ]
        return sorted({method for route in fitting for method in route.methods or ()})

    def url_path_for(self, name: str, /, **path_params: object) -> NoReturn:
        """No address is made from a route's name here. Raises NoMatchFound."""
        raise NoMatchFound(name, path_params)


def _shape(path: str) -> Shape:
    segments = path.split("/")
    return len(segments), "/".join(segments[:SPELLED_OUT])
