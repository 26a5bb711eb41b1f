"""The door every request comes in by: id, headers, end of the exchange, unforeseen faults."""

from collections.abc import Iterable, Sequence

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.telemetry import REQUEST_ID
from app.web.access_log import Observer
from app.web.exchange import EXCHANGE, Exchange, exchange_of
from app.web.forwarding import Forwarding
from app.web.headers import AnswerHeaders
from app.web.logs import place_of
from app.web.problem_answers import problem_answer
from app.web.problems import Internal
from app.web.request_ids import request_id_from, trace_from


class Entrance:
    """The outermost part of the shell (pure ASGI)."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        headers: AnswerHeaders,
        forwarding: Forwarding,
        reader_prefixes: Sequence[str] = (),
        observers: Iterable[Observer] = (),
    ) -> None:
        """`reader_prefixes`: paths of the reader's side, as `/shl/`."""
        self._app = app
        self._headers = headers
        self._forwarding = forwarding
        self._reader_prefixes = tuple(reader_prefixes)
        self._observers = tuple(observers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; anything but HTTP passes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = scope[EXCHANGE] = self._opened(scope)
        REQUEST_ID.set(exchange.request_id)
        self._forwarding.apply(scope)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                given = message.get("headers", ())
                message["headers"] = self._headers.complete(exchange, scope, given)
            else:
                exchange.bytes_out += len(message.get("body", b""))
            await send(message)

        try:
            await self._served(scope, receive, answer)
        finally:
            for observe in self._observers:
                observe(exchange, scope)

    def _opened(self, scope: Scope) -> Exchange:
        head = dict(scope["headers"])
        return Exchange(
            method=scope["method"],
            request_id=request_id_from(head),
            trace=trace_from(head),
            head=head,
            reader_side=scope["path"].startswith(self._reader_prefixes),
        )

    async def _served(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An answer in every case, save that the client has gone."""
        exchange = exchange_of(scope)
        preflight = self._headers.preflight(exchange)
        if preflight is not None:
            await send({"type": "http.response.start", "status": 204, "headers": preflight})
            await send({"type": "http.response.body", "body": b""})
            return
        try:
            await self._app(scope, receive, send)
        except ClientDisconnect:
            pass  # nobody is left to answer
        except Exception as fault:  # the last net: it answers 500 and logs the place
            exchange.fault = place_of(fault)
            # A half-sent answer cannot be mended: ending here makes the server cut the connection.
            if not exchange.status:
                await problem_answer(Internal(), scope)(scope, receive, send)
