"""The OpenAPI file: what the framework writes, cured for every generator of clients."""

import json
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute

from app.web.identity import SECURITY_SCHEME
from app.web.openapi_headers import HEADERS
from app.web.openapi_operations import declare
from app.web.openapi_schemas import cure_schemas
from app.web.problem_shape import Problem, ProblemFault
from app.web.route_table import RouteTable
from app.web.routing import StrictRoute

# An OpenAPI file is nested dicts and lists of every JSON type; Any says so.
Document = dict[str, Any]

FRAMEWORK_COMPONENTS = ("HTTPValidationError", "ValidationError")


def openapi_document(app: FastAPI) -> Document:
    """The cured file of an app made by build_shell."""
    routes = _routes(app)
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description or None,
        routes=routes,
        tags=app.openapi_tags,
        separate_input_output_schemas=False,
    )
    _set_components(document)
    for context in iter_route_contexts(routes):
        if isinstance(context.original_route, StrictRoute) and context.include_in_schema:
            for method in context.methods or ():
                declare(document["paths"][context.path][method.lower()], context.original_route)
    cure_schemas(document)
    return document


def write_openapi(app: FastAPI, path: Path) -> None:
    """Write the file: keys sorted, two blanks a level, a newline at the end."""
    path.write_text(openapi_text(openapi_document(app)), encoding="utf-8")


def openapi_text(document: Document) -> str:
    """The document as the file holds it."""
    return json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def _routes(app: FastAPI) -> Sequence[BaseRoute]:
    return [
        route
        for each in app.routes
        for route in (each.routes if isinstance(each, RouteTable) else [each])
    ]


def _set_components(document: Document) -> None:
    """The one error shape, the headers and the one security scheme, and where the API is."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in FRAMEWORK_COMPONENTS:
        schemas.pop(name, None)
    _, ours = models_json_schema(
        [(Problem, "serialization"), (ProblemFault, "serialization")],
        ref_template="#/components/schemas/{model}",
    )
    schemas.update(ours["$defs"])
    components["headers"] = deepcopy(HEADERS)
    components["securitySchemes"] = {
        SECURITY_SCHEME: {
            "type": "http",
            "scheme": "bearer",
            "description": "The access token of a signed-in device.",
        }
    }
    document["security"] = [{SECURITY_SCHEME: []}]
    document["servers"] = [{"url": "/", "description": "The service that serves this file."}]
