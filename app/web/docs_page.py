"""The API's own documentation page: Swagger UI from this server, under a policy that lets it ask
nobody else, and the file that it shows."""

import json
from importlib.resources import files

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.web.answers import json_answer
from app.web.problems import NotFound

OPENAPI_PATH = "/openapi.json"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<main id="page"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START = f"""SwaggerUIBundle({{
  url: "{OPENAPI_PATH}", dom_id: "#page", deepLinking: true, validatorUrl: null,
}});
"""
SHIPPED = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
"""Files of the package that brings Swagger UI, and their media types."""


async def show_docs(_request: Request) -> Response:
    """The page."""
    return Response(PAGE, headers=HEADERS, media_type="text/html")


async def show_openapi(request: Request) -> Response:
    """The OpenAPI file, written as short as it goes."""
    document = request.app.openapi()
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return json_answer(text.encode())


async def show_docs_file(request: Request) -> Response:
    """Its script, its style, or the two lines that start it. Raises NotFound."""
    name = request.path_params["name"]
    if name == "start.js":
        return Response(START, headers=HEADERS, media_type="text/javascript")
    if name not in SHIPPED:
        raise NotFound
    content = (files("fastapi_offline") / "static" / name).read_bytes()
    return Response(content, headers=HEADERS, media_type=SHIPPED[name])


router = APIRouter()
router.add_route(OPENAPI_PATH, show_openapi, methods=["GET"], include_in_schema=False)
router.add_route("/docs", show_docs, methods=["GET"], include_in_schema=False)
router.add_route("/docs/{name}", show_docs_file, methods=["GET"], include_in_schema=False)
