"""Ids of requests, and traces that go on."""

import re

import pytest

from app.web.request_ids import request_id_from, trace_from
from tests.web.raw import BEARER, HOST, ask
from tests.web.sample import an_app

pytestmark = pytest.mark.anyio

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"


@pytest.mark.parametrize("given", [b"a", b"A.b_c-9", b"x" * 64])
async def test_fitting_request_id_is_taken(given: bytes) -> None:
    answer = await ask(an_app(), headers=[HOST, BEARER, (b"x-request-id", given)])
    assert answer.header(b"x-request-id") == given


@pytest.mark.parametrize("given", [b"", b"x" * 65, b"a b", b"a\n", b"\xff", b"<b>"])
def test_other_request_ids_are_replaced(given: bytes) -> None:
    made = request_id_from({b"x-request-id": given})
    assert re.fullmatch("[0-9a-f]{32}", made)
    assert made != request_id_from({})


def test_trace_goes_on_under_a_span_of_our_own() -> None:
    trace = trace_from({b"traceparent": f"00-{TRACE}-{SPAN}-01".encode()})
    assert trace is not None
    assert (trace.trace_id, trace.flags) == (TRACE, "01")
    assert re.fullmatch(f"00-{TRACE}-[0-9a-f]{{16}}-01", trace.traceparent)
    assert trace.span_id != SPAN


def test_later_version_of_a_trace_may_carry_more() -> None:
    assert trace_from({b"traceparent": f"01-{TRACE}-{SPAN}-00-more".encode()}) is not None


@pytest.mark.parametrize(
    "given",
    [
        "",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}-01\n",
    ],
)
def test_malformed_trace_is_left_alone(given: str) -> None:
    assert trace_from({b"traceparent": given.encode()}) is None
