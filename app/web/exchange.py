"""One request and its answer, as the shell sees it: no value of the client, only marks of it."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from app.web.request_ids import Trace, new_id

EXCHANGE = "afterglow.exchange"


@dataclass(slots=True)
class Exchange:
    """Made at the door, filled while the request runs, read by whoever observes its end."""

    method: str = ""
    request_id: str = field(default_factory=new_id)
    trace: Trace | None = None
    head: dict[bytes, bytes] = field(default_factory=dict)
    """The request's headers by lower-case name; of a repeated one, the last."""
    reader_side: bool = False
    """The path is a secret and the answer open to every origin (the reader's side of a share)."""
    signed_in: object | None = None
    status: int = 0
    problem_code: str | None = None
    fault: tuple[str, str] | None = None
    """Type and place of an unforeseen exception."""
    bytes_in: int = 0
    bytes_out: int = 0
    started: float = field(default_factory=perf_counter)

    def seconds(self) -> float:
        """How long the exchange has lasted, in seconds."""
        return perf_counter() - self.started


def exchange_of(scope: MutableMapping[str, Any]) -> Exchange:
    """The exchange of this request; a new one where no door made it. (ASGI scopes are Any.)"""
    exchange: Exchange = scope.get(EXCHANGE) or Exchange()
    scope[EXCHANGE] = exchange
    return exchange


def route_template(scope: MutableMapping[str, Any]) -> str | None:
    """The path as the router declares it, `/v1/entries/{entry_id}`; None when none fitted."""
    return getattr(scope.get("route"), "path_format", None)
