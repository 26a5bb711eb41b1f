"""The id of a request, and the trace it continues."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from os import urandom

GIVEN_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
TRACEPARENT = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True, slots=True)
class Trace:
    """A W3C trace context: the trace of the caller, and our own span within it."""

    trace_id: str
    span_id: str
    flags: str

    @property
    def traceparent(self) -> str:
        """What a request of ours to another service would carry."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


def new_id() -> str:
    """32 random hexadecimal digits."""
    return urandom(16).hex()


def request_id_from(head: Mapping[bytes, bytes]) -> str:
    """The client's `X-Request-Id` when it matches `[A-Za-z0-9._-]{1,64}`, else a new one."""
    given = head.get(b"x-request-id")
    if given is not None and GIVEN_ID.fullmatch(given):
        return given.decode("ascii")
    return new_id()


def trace_from(head: Mapping[bytes, bytes]) -> Trace | None:
    """The trace that `traceparent` hands on; None when there is none or it is malformed.

    Source: W3C Trace Context, section 3.2: version `ff` and ids of zeros are invalid, and only a
    version later than `00` may carry more members.
    """
    given = head.get(b"traceparent")
    match = TRACEPARENT.fullmatch(given) if given is not None else None
    if match is None:
        return None
    version, trace_id, parent, flags, more = match.groups()
    if (
        version == b"ff"
        or (more and version == b"00")
        or not (int(trace_id, 16) and int(parent, 16))
    ):
        return None
    return Trace(trace_id.decode(), urandom(8).hex(), flags.decode())
