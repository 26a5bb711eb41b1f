"""What is refused before any route sees it: heads, targets, media types, large bodies."""

from collections.abc import Awaitable, Callable, Collection, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.exchange import Exchange, exchange_of
from app.web.forwarding import comes_in_the_clear
from app.web.problem_answers import problem_answer
from app.web.problems import (
    BadRequest,
    BodyTooLarge,
    HttpsRequired,
    Refusal,
    UnsupportedMediaType,
)
from app.web.request_head import check_head

MOST_BODY_BYTES = 1024 * 1024
DRAINED_BYTES = 4 * 1024 * 1024
"""So much of a body that is too large is read and dropped: a client that is still sending when the
connection closes would see it broken and never read the 413."""

JSON = b"application/json"
MERGE_PATCH = b"application/merge-patch+json"
WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"})

Types = Mapping[str, Collection[str]]
"""Further media types by exact path, for the rare operation that reads more than JSON."""


class InputGate:
    """Judges head and body of each request (pure ASGI); the body while it streams."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        most_body_bytes: int = MOST_BODY_BYTES,
        more_types: Types | None = None,
        https_only: bool = False,
    ) -> None:
        """`most_body_bytes`: a longer body is 413, whatever its Content-Length says."""
        self._app = app
        self._most = most_body_bytes
        self._https_only = https_only
        self._more_types = {
            path: frozenset(each.encode("ascii") for each in types)
            for path, types in (more_types or {}).items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; anything but HTTP passes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = exchange_of(scope)
        try:
            if self._https_only and comes_in_the_clear(scope):
                raise HttpsRequired
            check_head(scope, exchange.head)
            self._check_body(scope, exchange)
        except Refusal as refusal:
            if isinstance(refusal, BodyTooLarge) and b"expect" not in exchange.head:
                await _drain(receive)
            await problem_answer(refusal, scope)(scope, receive, send)
            return
        await self._app(scope, self._counted(exchange, receive), send)

    def _check_body(self, scope: Scope, exchange: Exchange) -> None:
        """What the head says of the body."""
        head = exchange.head
        if b"content-encoding" in head:
            raise UnsupportedMediaType("Bodies are sent without Content-Encoding.")
        length = head.get(b"content-length")
        if length is not None and int(length) > self._most:
            raise self._too_large()
        if int(length or 0) == 0 and b"transfer-encoding" not in head:
            return
        if exchange.method in WITHOUT_BODY:
            raise BadRequest("This method takes no body.")
        if not self._is_read(scope, head.get(b"content-type", b"")):
            raise UnsupportedMediaType

    def _is_read(self, scope: Scope, content_type: bytes) -> bool:
        media_type, parameter = _media_type(content_type)
        if media_type in self._more_types.get(scope["path"], ()):
            return True
        if parameter not in (b"", b"charset=utf-8"):
            return False
        return media_type == JSON or (media_type == MERGE_PATCH and scope["method"] == "PATCH")

    def _counted(self, exchange: Exchange, receive: Receive) -> Callable[[], Awaitable[Message]]:
        async def counted() -> Message:
            message: Message = await receive()
            exchange.bytes_in += len(message.get("body", b""))
            if exchange.bytes_in > self._most:
                if message.get("more_body"):
                    await _drain(receive)
                raise self._too_large()
            return message

        return counted

    def _too_large(self) -> BodyTooLarge:
        return BodyTooLarge(f"A body has at most {self._most} bytes.")


async def _drain(receive: Receive) -> None:
    left = DRAINED_BYTES
    while left > 0:
        message = await receive()
        if not message.get("more_body"):
            return
        left -= len(message.get("body", b""))


def _media_type(content_type: bytes) -> tuple[bytes, bytes]:
    """Type and parameters in lower case, blanks and quotation marks taken away."""
    media_type, _, parameters = content_type.lower().partition(b";")
    return media_type.strip(), parameters.translate(None, b' \t"')
