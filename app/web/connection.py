"""One connection of a client: limits and deadlines that the server's own protocol lacks."""

import asyncio
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from app.telemetry import CONNECTIONS_REFUSED, EVENTS
from app.web.cycle import Cycle, put_target
from app.web.deadlines import DEADLINES, Deadlines, tell_of_cut
from app.web.ignored_upgrade import head_of_rest
from app.web.pipelining import MOST_WAITING, HeldFlow
from app.web.problems import BadRequest, HeadTooLarge, Refusal, RequestTimeout, TargetTooLong
from app.web.refused_head import answer_bytes
from app.web.request_head import (
    MOST_HEAD_BYTES,
    MOST_HEADERS,
    MOST_TARGET_BYTES,
    reach_of_one_head,
)
from app.web.request_size import RequestSize
from app.web.send_queue import SendQueue


class Connection(HttpToolsProtocol):
    """The protocol of `afterglow serve`: refuses bad heads early and hangs up on slow clients."""

    flow: HeldFlow
    _queue: SendQueue

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],  # as the server hands it over
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        deadlines: Deadlines = DEADLINES,
    ) -> None:
        """`deadlines`: others than the usual, for tests."""
        super().__init__(config, server_state, app_state, _loop)
        self._deadlines = deadlines
        self._size = RequestSize()
        self._in_head = self._in_body = False
        self._is_head_known = False
        self._refused = False
        self._since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to count the time of the first head."""
        super().connection_made(transport)  # type: ignore[arg-type]  # a TCP server's transport
        self.flow = HeldFlow(self.transport)
        self._queue = SendQueue(self.transport, self._deadlines)
        self._since = self.loop.time()
        self._look = self.loop.call_later(self._deadlines.step, self._check_time)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop looking at the clock."""
        self._look.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, unless the connection was refused already."""
        if self._refused or self.transport.is_closing():
            return
        view, at = memoryview(data), 0
        try:
            while at < len(data):
                if self.flow.held or (len(self.pipeline) >= MOST_WAITING and not self._in_body):
                    self.flow.hold(data[at:])
                    return
                at += self._parse(view[at : reach_of_one_head(data, at, self._size.body_left)])
        except httptools.HttpParserCallbackError as failed:
            cause = failed.__context__
            self._refuse(cause if isinstance(cause, Refusal) else BadRequest())
        except httptools.HttpParserError:
            self._refuse(BadRequest("The request breaks HTTP."))
        except Refusal as refusal:
            self._refuse(refusal)

    def _parse(self, data: memoryview) -> int:
        """How much of `data` is done: the parser stops behind a head that asks for an upgrade.

        Such a request is answered as HTTP/1.1 (RFC 9110, 7.8). Raises TargetTooLong, HeadTooLarge,
        BadRequest for what is around a body, or what the parser raises.
        """
        in_body, size, body = self._in_body, self._size, self._size.body
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as stopped:
            self._read_on()
            return int(stopped.args[0])
        if self._in_head:
            self._size.head += len(data)
            if self._size.head > MOST_HEAD_BYTES:
                raise TargetTooLong if not self.headers and self._is_long() else HeadTooLarge
        elif in_body and size is self._size:  # else the next request has begun
            size.add_framing(len(data) - (size.body - body))
        return len(data)

    def _read_on(self) -> None:
        """Read the rest of a request with a parser that has not seen the upgrade."""
        method, version = self.parser.get_method(), self.parser.get_http_version()
        head = head_of_rest(method, version, self.headers, goes_on=self.cycle.keep_alive)
        self.parser = httptools.HttpRequestParser(self)
        self._is_head_known = True
        try:
            self.parser.feed_data(head)
        finally:
            self._is_head_known = False

    def on_message_begin(self) -> None:
        """A head begins; its bytes are counted from here."""
        if self._is_head_known:
            return
        super().on_message_begin()
        self._in_head, self._size = True, RequestSize()

    def on_url(self, url: bytes) -> None:
        """Raises TargetTooLong."""
        if self._is_head_known:
            return
        super().on_url(url)
        if self._is_long():
            raise TargetTooLong

    def on_header(self, name: bytes, value: bytes) -> None:
        """Raises HeadTooLarge, and BadRequest for a header folded over two lines."""
        if self._is_head_known or not self._in_head:  # trailers are told here too
            return
        if len(self.headers) >= MOST_HEADERS:
            raise HeadTooLarge
        if b"\r" in value or b"\n" in value:
            raise BadRequest("A header is folded.")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Raises BadRequest for a tunnel; else the request begins, or waits for those before it."""
        if self._is_head_known:
            return
        method, version = self.parser.get_method(), self.parser.get_http_version()
        if method == b"CONNECT":
            raise BadRequest("No tunnel is made here.")
        self.scope["method"], self.scope["http_version"] = method.decode("ascii"), version
        put_target(self.scope, self.url)
        keep_alive = version != "1.0" and self.parser.should_keep_alive()
        before, self.cycle = self.cycle, Cycle.of(self, keep_alive=keep_alive)
        if before is None or before.response_complete:
            self._queue.begin()
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))
        self._in_head, self._in_body = False, True
        self._size.body_left = int(dict(self.headers).get(b"content-length", b"0"))
        self._since = self.loop.time()

    def on_body(self, body: bytes) -> None:
        """Each part of a body gives the rest more time."""
        self._size.add_body(len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole: time for the next head begins, unless its answer is to come."""
        if self.parser.should_upgrade():
            return  # the parser has skipped the body
        self._in_body, self._size.body_left = False, 0
        if self._is_over():  # it was answered before its body came
            self._since = self.loop.time()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Time for the next head begins, or the next request that waits.

        The server would set a timer for each answer: looking at the clock does its work here.
        """
        if not self._in_body:
            self._since = self.loop.time()
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.pipeline:
            self._queue.begin()
            self._start_asgi_task(*self.pipeline.pop())
        if not self.pipeline:
            if self.flow.held:
                self.data_received(self.flow.taken())
            self.flow.resume_reading()

    def _should_upgrade(self) -> bool:
        return False

    def _is_long(self) -> bool:
        return len(self.url) > MOST_TARGET_BYTES

    def _check_time(self) -> None:
        now = self.loop.time()
        if self._queue.is_late(now):
            tell_of_cut()
            self.transport.abort()
            return
        if not self.transport.is_closing():
            self._check_request(now)
        self._look = self.loop.call_later(self._deadlines.step, self._check_time)

    def _check_request(self, now: float) -> None:
        waited, limits = now - self._since, self._deadlines
        if self._refused and self._is_over():
            if waited > limits.linger:
                self.transport.close()
        elif self._in_body:
            allowed = limits.body + self._size.body / limits.bytes_a_second
            if waited <= min(allowed, limits.body_at_most):
                return
            if self._is_over():  # it was answered before its body came
                self.transport.close()
            else:
                self._refuse(RequestTimeout())
        elif self._is_over() and not self._queue.waiting and waited > limits.head:
            if self._in_head:
                tell_of_cut()
            self.transport.close()

    def _is_over(self) -> bool:
        cycle = self.cycle
        return cycle is None or cycle.response_complete or cycle.disconnected

    def _refuse(self, refusal: Refusal) -> None:
        """Answer and close; a request before the refused one is answered first."""
        self._refused = True
        CONNECTIONS_REFUSED.add(str(refusal.status))
        EVENTS("connection.refused", "warning", status=refusal.status, problem=refusal.code)
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            if not self._in_body:
                cycle.keep_alive = False
                return
            started, waiting = cycle.response_started, bool(self.pipeline)
            cycle.disconnected = True
            cycle.message_event.set()
            if started or waiting:
                self.transport.close()
                return
        self.transport.write(STATUS_LINE[refusal.status] + answer_bytes(refusal))
        self._since = self.loop.time()
        self.flow.resume_reading()
        self.transport.write_eof()
