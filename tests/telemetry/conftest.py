"""A log that events go to."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.telemetry import EVENTS
from app.web.logs import ALLOWED, DayMarks, EventLog

# What a line holds is for the test to say.
Lines = Callable[[], list[dict[str, Any]]]
MARKS = DayMarks(b"k" * 32)


@pytest.fixture
def lines() -> Iterator[Lines]:
    """The lines that were logged so far, each of allowed members only."""
    stream = io.StringIO()

    def read() -> list[dict[str, Any]]:
        found = [json.loads(line) for line in stream.getvalue().splitlines()]
        assert all(line.keys() <= ALLOWED | {"time", "level", "event"} for line in found)
        return found

    EVENTS.attach(EventLog(stream), MARKS)
    yield read
    EVENTS.detach()
