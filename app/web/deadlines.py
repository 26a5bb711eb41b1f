"""How long a connection may be silent, and how slow."""

from dataclasses import dataclass

from app.telemetry import CONNECTIONS_REFUSED, EVENTS


@dataclass(frozen=True)
class Deadlines:
    """How long a client may take, in seconds."""

    head: float = 10.0
    """For a whole head, from connecting or from the last answer."""
    body: float = 15.0
    """For a body, before what its bytes add."""
    bytes_a_second: int = 4096
    """So many bytes add a second: of a body that come, of an answer that are taken."""
    body_at_most: float = 120.0
    """For the slowest body."""
    unread: float = 20.0
    """For an answer of which nothing is taken, before what its bytes add."""
    unread_at_most: float = 120.0
    """For the longest pause of a client that took much."""
    linger: float = 1.0
    """For what a refused client still sends: closing at once would tear down the refusal."""

    @property
    def step(self) -> float:
        """Time between two looks at a connection."""
        return min(self.head, self.body, self.unread) / 10


DEADLINES = Deadlines()


def tell_of_cut() -> None:
    """A client that was too slow is cut off without an answer."""
    CONNECTIONS_REFUSED.add("0")
    EVENTS("connection.cut", "warning")
