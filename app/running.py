"""What goes on around a service while it runs: its log, its metrics, and being told to stop."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

from app.clock import Clock
from app.settings import Settings
from app.telemetry import EVENTS
from app.vault import KeyRing
from app.web.access_log import Observer, access_log
from app.web.logs import DayMarks, EventLog
from app.web.metering import meter

MASK = "***"
SECRETS_IN_URLS = ("database_url", "migration_url", "replica_url")


class Surroundings:
    """Those of one process of `afterglow serve`."""

    def __init__(self, settings: Settings, ring: KeyRing, clock: Clock) -> None:
        """Nothing is written or served before `around`."""
        self._settings = settings
        self._log = EventLog(clock=clock, worker=os.getpid())
        self._marks = DayMarks(ring.derived("log"), clock)

    def observers(self) -> tuple[Observer, ...]:
        """Who sees each exchange."""
        log = access_log(self._log, self._marks)
        return (log, meter) if self._settings.metrics_port else (log,)

    @contextmanager
    def around(self, on_stop: Callable[[], None]) -> Iterator[None]:
        """While the service runs; `on_stop` is called as soon as the process is told to stop.

        Raises NoPort when the metrics find no port.
        """
        EVENTS.attach(self._log, self._marks)
        try:
            with ExitStack() as stack:
                stack.enter_context(stopping_gently(on_stop, self._settings.drain_seconds))
                if self._settings.metrics_port:
                    stack.enter_context(_metrics(self._settings.metrics_port))
                EVENTS("started")
                yield
            EVENTS("stopped")
        finally:
            EVENTS.detach()


def tell_settings(settings: Settings, log: EventLog) -> None:
    """A line for each setting in force; of secrets, only whether they are set."""
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        hidden = bool(value) and (not field.repr or name in SECRETS_IN_URLS)
        told = MASK if hidden else "" if value is None else str(value)
        log("setting", setting=f"AFTERGLOW_{name.upper()}", value=told)


@contextmanager
def _metrics(first_port: int) -> Iterator[None]:
    from app.telemetry.exposition import exposed  # noqa: PLC0415 - for those who want metrics

    with exposed(first_port) as port:
        EVENTS("metrics.served", setting="AFTERGLOW_METRICS_PORT", value=port)
        yield


@contextmanager
def stopping_gently(on_stop: Callable[[], None], seconds: float) -> Iterator[None]:
    """Call `on_stop` at SIGTERM, and pass the signal on `seconds` later.

    So whoever asks for readiness learns of it while requests are still answered.
    """
    before, loop = signal.getsignal(signal.SIGTERM), asyncio.get_running_loop()

    def stop(number: int, frame: FrameType | None) -> None:
        on_stop()
        if callable(before):
            loop.call_soon_threadsafe(loop.call_later, seconds, before, number, frame)

    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
