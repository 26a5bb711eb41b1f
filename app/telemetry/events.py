"""Events that are worth a line of the log, from wherever in the house they happen."""

from collections.abc import Callable
from contextvars import ContextVar

from app.telemetry.figures import REFUSALS

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Of the request that is being answered."""

Field = str | int | float | None
Mark = Callable[[object], str]
# The log's members are keywords, which a plain Callable cannot name.
Write = Callable[..., None]


class Events:
    """Passes events on to the log of the process, once it has one; until then they are dropped."""

    def __init__(self) -> None:
        """Without a log."""
        self._write: Write | None = None
        self._mark: Mark | None = None

    def attach(self, write: Write, mark: Mark) -> None:
        """`write` takes event, level and members; `mark` makes of an id what may be logged."""
        self._write, self._mark = write, mark

    def detach(self) -> None:
        """Drop events again."""
        self._write = self._mark = None

    def __call__(
        self,
        event: str,
        level: str = "info",
        *,
        account: object = None,
        device: object = None,
        **members: Field,
    ) -> None:
        """One line. `account` and `device` are ids, of which only the mark of the day is written.

        Members are those of the log's list; never a text that somebody sent. To be called when
        what happened is settled, and not inside a unit of work, which may be run again.
        """
        if self._write is None or self._mark is None:
            return
        marked = {
            name: self._mark(subject)
            for name, subject in (("account", account), ("device", device))
            if subject is not None
        }
        members.setdefault("request_id", REQUEST_ID.get())
        self._write(event, level, **marked, **members)


EVENTS = Events()
"""Of this process."""


def throttled(bucket: str) -> None:
    """Tell that a limit turned a request away. `bucket` is its name, such as `sign_in.address`."""
    REFUSALS.add(bucket)
    EVENTS("throttled", "warning", bucket=bucket)
