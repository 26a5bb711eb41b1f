"""What a client has not taken of its answers yet, and how long it may leave them there."""

import asyncio
import socket
import struct
import sys

from app.web.deadlines import Deadlines

ACKNOWLEDGED = struct.Struct("=120xQ")
"""`tcpi_bytes_acked` in the `tcp_info` of Linux (RFC 4898: tcpEStatsAppHCThruOctetsAcked)."""


class SendQueue:
    """Watches whether a client takes what waits for it in this process.

    When something begins to wait, the client has `unread` seconds. Each `bytes_a_second` that it
    takes add one, but never is it given more than `unread_at_most` from now on. So a client that
    takes nothing is late after `unread`, one that takes `bytes_a_second` never is, however its
    bytes are bundled on the way, and one that trickles soon is. What it took of an answer before
    something waited counts too, for buffers filled by it; what it took of earlier answers does not,
    but for those since the look before.

    Taken is what the client's system, or a proxy's, has acknowledged. Buffers let go of what was
    read in lumps of up to a megabyte: of a slow client that reads all the time, nothing may be seen
    for a minute, and for longer still nothing leaves this process. Where the system does not tell,
    what leaves this process is taken, and gives `unread` seconds anew.
    """

    waiting = 0
    """Bytes that waited at the last look."""

    def __init__(self, transport: asyncio.Transport, deadlines: Deadlines) -> None:
        """Nothing waits yet."""
        self._transport = transport
        self._socket: socket.socket | None = transport.get_extra_info("socket")
        self._deadlines = deadlines
        self._acknowledged = self._counted = 0
        self._until = 0.0

    def begin(self) -> None:
        """Another answer begins. Called for each, so no system call is made here."""
        if not self.waiting:
            self._counted = self._acknowledged

    def is_late(self, now: float) -> bool:
        """Look, and tell whether the client's time is over. `now` is in seconds of one clock."""
        waited, self.waiting = self.waiting, self._transport.get_write_buffer_size()
        told = self._count_acknowledged()
        self._acknowledged = self._acknowledged if told is None else told
        if not self.waiting:
            return False
        if not waited or (told is None and self.waiting < waited):
            self._until = now + self._deadlines.unread
        gained = (self._acknowledged - self._counted) / self._deadlines.bytes_a_second
        self._counted = self._acknowledged
        self._until = min(self._until + gained, now + self._deadlines.unread_at_most)
        return now >= self._until

    def _count_acknowledged(self) -> int | None:
        """Since the connection began, in bytes; None where the system does not tell."""
        if self._socket is None or sys.platform != "linux":
            return None
        try:
            told = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, ACKNOWLEDGED.size)
        except OSError:
            return None
        return int(ACKNOWLEDGED.unpack(told)[0]) if len(told) == ACKNOWLEDGED.size else None
