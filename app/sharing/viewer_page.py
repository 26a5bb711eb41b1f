"""The clinician's page: static files under headers that let nothing else in or out."""

import mimetypes
from collections.abc import Mapping
from html import escape
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app.sharing.origins import Origins
from app.web.problems import NotFound
from app.web.provide import given

BUILT = Path(__file__).parent / "viewer_static"
INDEX = "index.html"
ASSETS = "assets"
A_YEAR = "public, max-age=31536000, immutable"
NO_ORIGIN = '<meta name="afterglow-origin" content="" />'
"""Means: the page's own."""

NOT_BUILT = "The page that shows shared journals has not been built on this server.\n"
FEATURES = (
    "accelerometer",
    "autoplay",
    "camera",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "xr-spatial-tracking",
)


def page_headers(asked: str) -> dict[str, str]:
    """The headers of the page; `asked` is the one origin it may ask."""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src {asked}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES),
        "X-Robots-Tag": "noindex",
    }


class ViewerPage:
    """The built files, read once; one object a process."""

    def __init__(self, origins: Origins, folder: Path = BUILT) -> None:
        """`folder`: where the build lies, if there is one.

        Raises ValueError when the page has no place to name the origin of links, and needs one.
        """
        self._headers = page_headers(origins.asked)
        index = folder / INDEX
        self._index = _addressed(index.read_text("utf-8"), origins) if index.exists() else None
        self._assets = {each.name: each.read_bytes() for each in (folder / ASSETS).glob("*.*")}

    def page(self) -> Response:
        """The page itself, or a plain sentence when it was not built."""
        if self._index is None:
            return PlainTextResponse(NOT_BUILT, 503, self._headers)
        return Response(self._index, 200, self._headers, "text/html")

    def asset(self, name: str) -> Response:
        """A script or style under its hashed name. Raises NotFound."""
        content = self._assets.get(name)
        if content is None:
            raise NotFound
        headers: Mapping[str, str] = {**self._headers, "Cache-Control": A_YEAR}
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Response(content, 200, headers, media_type)


def _addressed(page: str, origins: Origins) -> str:
    """The page, told whose links it opens where it stands on a host of its own."""
    if not origins.apart:
        return page
    if page.count(NO_ORIGIN) != 1:
        raise ValueError("the page has no place for the origin of links")
    return page.replace(NO_ORIGIN, NO_ORIGIN.replace('""', f'"{escape(origins.asked)}"'))


async def show_page(request: Request) -> Response:
    """The page. The link stands behind the `#` and never comes here."""
    return given(request, ViewerPage).page()


async def show_asset(request: Request) -> Response:
    """One of its files."""
    return given(request, ViewerPage).asset(request.path_params["name"])


router = APIRouter()
router.add_route("/view", show_page, methods=["GET"], include_in_schema=False)
router.add_route("/view/assets/{name}", show_asset, methods=["GET"], include_in_schema=False)
