"""How many requests of one connection may wait: what comes behind them is not looked at yet."""

from uvicorn.protocols.http.flow_control import FlowControl

MOST_WAITING = 16
"""Behind the one that is being answered. A client may send on without an end, and read answers."""


class HeldFlow(FlowControl):
    """Reads on for whoever wants it, unless enough requests wait for their answers."""

    held = b""
    """What came behind them."""

    def hold(self, rest: bytes) -> None:
        """Keep what is not looked at yet, and read nothing more before it is."""
        self.held += rest
        self.pause_reading()

    def resume_reading(self) -> None:
        """Asked for by every request that waits for more of its body."""
        if not self.held:
            super().resume_reading()

    def taken(self) -> bytes:
        """What was kept; from now on there is nothing."""
        rest, self.held = self.held, b""
        return rest
