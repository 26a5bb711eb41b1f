"""The headers of every answer: security, caching, and who may read it across origins."""

from collections.abc import Collection, Iterable, MutableMapping
from typing import Any

from app.web.exchange import Exchange

Header = tuple[bytes, bytes]

SECURITY: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
NO_STORE: Header = (b"cache-control", b"no-store")
SAME_ORIGIN: Header = (b"cross-origin-resource-policy", b"same-origin")
CROSS_ORIGIN: Header = (b"cross-origin-resource-policy", b"cross-origin")
HSTS: Header = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
VARY_ORIGIN: Header = (b"vary", b"Origin")
VARY_CODING: Header = (b"vary", b"Accept-Encoding")
"""What may be compressed bears it in either form (RFC 9110, section 12.5.5); nothing else is."""

PATIENT_SIDE: tuple[Header, ...] = (*SECURITY, SAME_ORIGIN, NO_STORE)
READER_SIDE: tuple[Header, ...] = (
    *SECURITY,
    CROSS_ORIGIN,
    NO_STORE,
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Retry-After"),
)
READER_PREFLIGHT: tuple[Header, ...] = (
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"600"),
)
PATIENT_PREFLIGHT: tuple[Header, ...] = (
    (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE"),
    (
        b"access-control-allow-headers",
        b"authorization, content-type, if-match, if-none-match, traceparent, x-request-id",
    ),
    (b"access-control-max-age", b"600"),
)
PATIENT_EXPOSED: Header = (
    b"access-control-expose-headers",
    b"ETag, Location, Retry-After, X-Request-Id",
)


class AnswerHeaders:
    """Completes the headers of an answer; what a route set itself stays as it is."""

    def __init__(self, origins: Collection[str] = ()) -> None:
        """`origins`: those that may call the patient's side from a browser; none by default."""
        self._origins = frozenset(origin.encode("ascii") for origin in origins)

    def complete(
        self, exchange: Exchange, scope: MutableMapping[str, Any], given: Iterable[Header]
    ) -> list[Header]:
        """`given` with everything that is still missing."""
        headers = list(given)
        present = {name for name, _ in headers}
        house = READER_SIDE if exchange.reader_side else PATIENT_SIDE
        headers += [header for header in house if header[0] not in present]
        headers.append((b"x-request-id", exchange.request_id.encode("ascii")))
        if scope.get("scheme") == "https":
            headers.append(HSTS)
        if self._origins and not exchange.reader_side:
            headers += self._cross_origin(exchange)
        return headers

    def preflight(self, exchange: Exchange) -> list[Header] | None:
        """The headers of the answer to a browser's question beforehand; None if it is not one."""
        head = exchange.head
        asks = exchange.method == "OPTIONS" and b"access-control-request-method" in head
        if not asks or b"origin" not in head:
            return None
        if exchange.reader_side:
            return [*READER_PREFLIGHT]
        return [*PATIENT_PREFLIGHT] if head[b"origin"] in self._origins else None

    def _cross_origin(self, exchange: Exchange) -> list[Header]:
        origin = exchange.head.get(b"origin")
        if origin not in self._origins or origin is None:
            return [VARY_ORIGIN]
        return [(b"access-control-allow-origin", origin), PATIENT_EXPOSED, VARY_ORIGIN]
