"""The figures of each exchange, for the metrics."""

from collections.abc import MutableMapping
from typing import Any

from app.telemetry import REQUEST_SECONDS, REQUESTS
from app.web.access_log import METHODS
from app.web.exchange import Exchange, route_template

NO_ROUTE = "none"


def meter(exchange: Exchange, scope: MutableMapping[str, Any]) -> None:
    """Count an exchange that is over, by the template of its route and never by its path."""
    route = route_template(scope) or NO_ROUTE
    method = exchange.method if exchange.method in METHODS else "other"
    REQUESTS.add(method, route, str(exchange.status))
    REQUEST_SECONDS.add(route, exchange.seconds())
