"""The one call that makes an app out of routers: everything operations share is around them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from app.web.access_log import Observer
from app.web.compression import CompressedAnswers
from app.web.docs_page import router as docs_router
from app.web.entrance import Entrance
from app.web.forwarding import Forwarding
from app.web.headers import AnswerHeaders
from app.web.input_gate import MOST_BODY_BYTES, InputGate
from app.web.openapi import openapi_document
from app.web.problem_answers import KnownFaults, install_problem_answers
from app.web.route_table import RouteTable
from app.web.routing import StrictRoute
from app.web.serving import Serving

# The framework's own telemetry would export paths, bodies and exception texts.
NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


@dataclass(frozen=True, slots=True)
class ShellSettings:
    """What the shell wants to know of the service it stands around."""

    description: str = ""
    """What the OpenAPI file says of the service, in Markdown."""
    tags: Sequence[Mapping[str, str]] = ()
    """Name and description of each tag of the OpenAPI file."""
    cors_origins: Collection[str] = ()
    """Origins that may call the patient's side from a browser."""
    reader_prefixes: Sequence[str] = ()
    """Paths whose answers are open to every origin, and whose paths are secret."""
    most_body_bytes: int = MOST_BODY_BYTES
    more_media_types: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Further media types of bodies, by exact path."""
    known_faults: KnownFaults = field(default_factory=dict)
    """What exceptions from below the web mean for a client."""
    observers: Iterable[Observer] = ()
    """See each exchange when it is over; the access log is one."""
    trusted_proxies: Collection[str] = ()
    """Networks whose X-Forwarded-For and X-Forwarded-Proto count."""
    https_only: bool = False
    """Refuse plain http from other hosts."""
    serve_docs: bool = False
    """Whether GET /openapi.json and the page at /docs answer."""


def build_shell(
    title: str,
    version: str,
    routers: Iterable[APIRouter],
    provided: Mapping[type, object],
    settings: ShellSettings | None = None,
    lifespan: Lifespan[FastAPI] | None = None,
) -> FastAPI:
    """An app that serves `routers` behind every wall; `provided` is what their routes ask for.

    Raises TypeError for a route that is not a StrictRoute, and ValueError for one that neither
    asks who calls nor is marked PUBLIC.
    """
    settings = settings or ShellSettings()
    documented = (docs_router,) if settings.serve_docs else ()
    routes = [route for router in (*routers, *documented) for route in router.routes]
    _check_routes(routes)
    app = Shell(
        title=title,
        version=version,
        description=settings.description,
        openapi_tags=[dict(tag) for tag in settings.tags] or None,
        routes_behind=routes,
        middleware=_walls(settings),
        lifespan=lifespan,
    )
    app.state.provided = dict(provided)
    install_problem_answers(app, settings.known_faults)
    return app


class Shell(FastAPI):
    """A FastAPI app whose routes lie in one table and whose OpenAPI file is the cured one."""

    # FastAPI's settings are many and its own; they are handed through.
    def __init__(self, *, routes_behind: Sequence[BaseRoute], **settings: Any) -> None:
        """`routes_behind`: the routes of the API."""
        self.table = RouteTable(routes_behind)
        super().__init__(
            telemetry=NO_TELEMETRY,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            separate_input_output_schemas=False,
            **settings,
        )
        self.router.routes.append(self.table)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; a request passes the framework's own telemetry, which is off."""
        if self.middleware_stack is None or scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        await self.middleware_stack(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """The walls with the table inside, and none of the framework's own layers."""
        app: ASGIApp = Serving(self.table, self.router, self.exception_handlers)
        for wall in reversed(self.user_middleware):
            app = wall.cls(app, *wall.args, **wall.kwargs)
        return app

    def openapi(self) -> dict[str, Any]:
        """The cured OpenAPI file, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = openapi_document(self)
        return self.openapi_schema


def _walls(settings: ShellSettings) -> list[Middleware]:
    return [
        Middleware(
            Entrance,
            headers=AnswerHeaders(settings.cors_origins),
            forwarding=Forwarding(settings.trusted_proxies),
            reader_prefixes=settings.reader_prefixes,
            observers=settings.observers,
        ),
        Middleware(CompressedAnswers),
        Middleware(
            InputGate,
            most_body_bytes=settings.most_body_bytes,
            more_types=settings.more_media_types,
            https_only=settings.https_only,
        ),
    ]


def _check_routes(routes: Sequence[BaseRoute]) -> None:
    for context in iter_route_contexts(routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue  # a mount guards itself
        if not isinstance(route, StrictRoute):
            raise TypeError(f"{context.name}: its router lacks route_class=StrictRoute")
        if not route.is_secured() and "security" not in (route.openapi_extra or {}):
            raise ValueError(f"{context.name}: neither asks who calls nor is marked PUBLIC")
