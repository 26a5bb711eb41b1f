"""The log holds marks and figures, and nothing a person wrote."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.web.access_log import access_log
from app.web.logs import ALLOWED, DayMarks, EventLog, capture_libraries, log_line, place_of
from app.web.shape import ShellSettings
from tests.clocks import SetClock
from tests.web.raw import BEARER, HOST, JSON, ask
from tests.web.sample import NOTE_ID, PATIENT, an_app

pytestmark = pytest.mark.anyio

CANARY = b"k4n4ry"


@pytest.fixture
def kept_logging() -> Iterator[None]:
    """The handlers of the root logger, put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


async def test_line_of_a_request_holds_what_the_list_allows() -> None:
    stream = io.StringIO()
    marks = DayMarks(b"k" * 32)
    app = an_app(ShellSettings(observers=[access_log(EventLog(stream), marks)]))
    trace = (b"traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    length = (b"content-length", b"2")
    head = [HOST, BEARER, JSON, length, trace, (b"x-request-id", b"given")]
    answer = await ask(app, "PATCH", f"/v1/notes/{NOTE_ID}".encode(), head, [b"{}"])
    line = json.loads(stream.getvalue())
    assert line.keys() <= ALLOWED | {"time", "level", "event"}
    assert 0 < line.pop("duration_ms") < 1000
    assert datetime.fromisoformat(line.pop("time")).utcoffset() == timedelta(0)
    assert line == {
        "level": "info",
        "event": "request",
        "request_id": "given",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "method": "PATCH",
        "route": "/v1/notes/{note_id}",
        "status": 428,
        "problem": "precondition_required",
        "bytes_in": 2,
        "bytes_out": len(answer.body),
        "account": marks(PATIENT.account_id),
        "device": marks(PATIENT.device_id),
    }


async def test_nothing_of_a_request_reaches_the_log(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    stream = io.StringIO()
    app = an_app(ShellSettings(observers=[access_log(EventLog(stream))]))
    head = [HOST, BEARER, JSON, (b"x-canary", CANARY), (b"user-agent", CANARY)]
    for method, target, body in (
        ("GET", b"/v1/crash?text=" + CANARY, b""),
        ("GET", b"/" + CANARY, b""),
        ("GET", b"/v1/notes?" + CANARY, b""),
        ("GET", b"/v1/notes/" + CANARY, b""),
        ("POST", b"/v1/notes", b'{"kind":"' + CANARY + b'"}'),
        (CANARY.decode(), b"/v1/notes", b""),
    ):
        length = [(b"content-length", str(len(body)).encode())] if body else []
        await ask(app, method, target, [*head, *length], [body])
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["status"] for line in lines] == [500, 404, 422, 404, 422, 405]
    everything = stream.getvalue() + caplog.text + "".join(capfd.readouterr())
    assert CANARY.decode() not in everything


async def test_unforeseen_fault_is_logged_by_type_and_place() -> None:
    stream = io.StringIO()
    app = an_app(ShellSettings(observers=[access_log(EventLog(stream))]))
    await ask(app, target=b"/v1/crash?text=secret", headers=[HOST])
    line = json.loads(stream.getvalue())
    assert (line["level"], line["exception"]) == ("error", "builtins.RuntimeError")
    assert line["place"].startswith("app.web.direct:")
    assert "secret" not in stream.getvalue()


def test_place_is_the_deepest_line_of_ours() -> None:
    try:
        json.loads("{")
    except ValueError as fault:
        kind, place = place_of(fault)
    assert kind == "json.decoder.JSONDecodeError"
    assert place.startswith("json.decoder:")
    assert place_of(ValueError("never raised")) == ("builtins.ValueError", "unknown")


def test_member_that_is_not_listed_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="not on the list"):
        EventLog(io.StringIO())("event", path="/v1/entries")


def test_control_escape_and_bidi_characters_are_escaped() -> None:
    line = log_line("t", "info", "\x1b[31m\x7f\u202e\u2028\n", {"count": None})
    assert line.endswith("}\n")
    assert line[:-1].isascii()
    assert line[:-1].isprintable()
    assert json.loads(line)["event"] == "\x1b[31m\x7f\u202e\u2028\n"


def test_marks_hold_for_a_day(clock: SetClock) -> None:
    marks = DayMarks(b"k" * 32, clock)
    morning = marks("a")
    assert marks("a") == morning != marks("b")
    assert DayMarks(b"l" * 32, clock)("a") != morning
    clock.now = datetime(2026, 6, 2, tzinfo=UTC)
    assert marks("a") != morning


@pytest.mark.usefixtures("kept_logging")
def test_libraries_log_their_name_and_never_their_message() -> None:
    stream = io.StringIO()
    capture_libraries(EventLog(stream), logging.INFO)
    logger = logging.getLogger("some.library")
    logger.warning("secret %s", "secret")
    try:
        int("secret")
    except ValueError:
        logger.exception("secret")
    logging.getLogger("uvicorn.access").info("GET /secret")
    lines: list[dict[str, Any]] = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["library.some.library"] * 2
    assert [line["level"] for line in lines] == ["warning", "error"]
    assert lines[1]["exception"] == "builtins.ValueError"
    assert "secret" not in stream.getvalue()
