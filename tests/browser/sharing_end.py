"""A small stand-in for the server: the built page under its real headers, and `/shl/…`."""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any  # Bundles are free JSON

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tests.browser.bundles import encrypt, link_payload

BUILT = Path(__file__).parents[2] / "app" / "sharing" / "viewer_static"
ALL_OFF = "accelerometer=(), camera=(), geolocation=(), microphone=(), payment=(), usb=()"
PUBLIC = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def view_headers(origin: str) -> dict[str, str]:
    """The headers of /view, word for word from the contract."""
    return {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            f"connect-src {origin}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Permissions-Policy": ALL_OFF,
        "Strict-Transport-Security": "max-age=63072000",
        "X-Robots-Tag": "noindex",
    }


@dataclass
class Share:
    """One link of the stand-in, and what its reader must type."""

    link: str
    passcode: str | None
    jwe: str
    key_text: str
    tries_left: int = 10
    alive: bool = True
    openings: list[str] = field(default_factory=list)


@dataclass
class SharingEnd:
    """What the tests need of a server: an origin, links, and what was asked of it."""

    origin: str
    shares: dict[str, Share] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def publish(  # the same choices as a patient has
        self,
        bundle: dict[str, Any],  # free JSON
        *,
        direct: bool = False,
        live: bool = False,
        by_location: bool = False,
        expires_in: int = 7 * 86_400,
        label: str = "Journal",
    ) -> Share:
        """A link to this Bundle."""
        key, token = secrets.token_bytes(32), secrets.token_urlsafe(32)
        url = f"{self.origin}/shl/{token}"
        expires = int(time.time()) + expires_in
        flag = "U" if direct else "LP" if live else "P"
        payload = link_payload(url, key, flag=flag, expires=expires, label=label)
        share = Share(
            link=f"{self.origin}/view#shlink:/{payload}",
            passcode=None if direct else "K7PQ2MXW",
            jwe=encrypt(json.dumps(bundle).encode(), key),
            key_text=payload,
        )
        self.shares[token] = share
        if by_location:
            self.shares[f"located-{token}"] = share
        return share


def _gone() -> Response:
    problem = {"status": 404, "code": "share_not_found", "title": "Not found"}
    return JSONResponse(problem, 404, PUBLIC, "application/problem+json")


def _application(end: SharingEnd) -> Starlette:
    async def page(_: Request) -> Response:
        return FileResponse(BUILT / "index.html", headers=view_headers(end.origin))

    async def elsewhere(_: Request) -> Response:
        return PlainTextResponse("Another page.")

    async def shared(request: Request) -> Response:
        token = request.path_params["token"]
        share = end.shares.get(token)
        if share is None or not share.alive:
            return _gone()
        if request.method == "GET":
            if share.passcode is not None:
                return Response(status_code=405, headers=PUBLIC)
            share.openings.append(request.query_params["recipient"])
            return Response(share.jwe, 200, PUBLIC, "application/jose")
        return _manifest(end, token, share, json.loads(await request.body()))

    async def located(request: Request) -> Response:
        share = end.shares.get(f"located-{request.path_params['token']}")
        return Response(share.jwe, 200, PUBLIC, "application/jose") if share else _gone()

    routes = [
        Route("/view", page),
        Route("/elsewhere", elsewhere),
        Route("/shl/files/{token}", located),
        Route("/shl/{token}", shared, methods=["GET", "POST"]),
        Mount("/view/assets", StaticFiles(directory=BUILT / "assets")),
    ]
    return Starlette(routes=routes)


def _manifest(end: SharingEnd, token: str, share: Share, asked: dict[str, Any]) -> Response:
    if asked.get("passcode") != share.passcode:
        share.tries_left -= 1
        share.alive = share.tries_left > 0
        return JSONResponse({"remainingAttempts": share.tries_left}, 401, PUBLIC)
    share.openings.append(asked["recipient"])
    file = {"contentType": "application/fhir+json", "lastUpdated": "2026-05-31T22:15:00Z"}
    if f"located-{token}" in end.shares:
        file["location"] = f"{end.origin}/shl/files/{token}"
    else:
        file["embedded"] = share.jwe
    return JSONResponse({"status": "finalized", "files": [file]}, 200, PUBLIC)


@contextmanager
def sharing_end() -> Iterator[SharingEnd]:
    """Serve on a free port of this machine until the block ends."""
    end = SharingEnd(origin="")
    application = _application(end)

    async def noting(scope: Any, receive: Any, send: Any) -> None:  # plain ASGI
        if scope["type"] == "http":
            end.asked.append(f"{scope['method']} {scope['raw_path'].decode()}")
        await application(scope, receive, send)

    config = uvicorn.Config(noting, host="127.0.0.1", port=0, log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    end.origin = f"http://127.0.0.1:{port}"
    try:
        yield end
    finally:
        server.should_exit = True
        thread.join(timeout=10)
