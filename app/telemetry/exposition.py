"""The figures as Prometheus text, on a port of their own that only this host can reach."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from app.telemetry.figures import (
    CONNECTIONS_REFUSED,
    GAUGES,
    MAILS,
    READY_ANSWERS,
    REFUSALS,
    REPLICA_READS,
    REQUEST_SECONDS,
    REQUESTS,
    SEAL_FAILURES,
    Spread,
    Tally,
)

LOOPBACK = "127.0.0.1"
MOST_WORKERS = 64
TALLIES = (
    REQUESTS,
    REFUSALS,
    CONNECTIONS_REFUSED,
    SEAL_FAILURES,
    MAILS,
    READY_ANSWERS,
    REPLICA_READS,
)


class NoPort(Exception):
    """Every port that the metrics of a worker may have is taken."""


class Figures(Collector):
    """Reads the figures off whenever it is asked."""

    def collect(self) -> Iterable[Metric]:
        """Every figure."""
        yield from map(_counter, TALLIES)
        yield _histogram(REQUEST_SECONDS)
        for name, (told, read) in GAUGES.readings.items():
            values = read()
            family = GaugeMetricFamily(name, told, labels=[] if "" in values else ["state"])
            for state, value in values.items():
                family.add_metric([state] if state else [], value)
            yield family


@contextmanager
def exposed(first_port: int) -> Iterator[int]:
    """Serve this worker's figures on the first free port from `first_port` on; gives the port.

    Each worker has a port of its own, for its pool, its queue and its counts are its own too.
    Raises NoPort.
    """
    registry = CollectorRegistry()
    registry.register(Figures())
    ProcessCollector(registry=registry)
    for port in range(first_port, min(first_port + MOST_WORKERS, 65536)):
        try:
            server, thread = start_http_server(port, LOOPBACK, registry)
        except OSError:
            continue
        try:
            yield port
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
        return
    raise NoPort(f"no port from {first_port} on is free for the metrics")


def _counter(tally: Tally) -> Metric:
    family = CounterMetricFamily(tally.name, tally.told, labels=list(tally.labels))
    for labels, count in list(tally.counts.items()):
        family.add_metric(list(labels), count)
    return family


def _histogram(spread: Spread) -> Metric:
    family = HistogramMetricFamily(spread.name, spread.told, labels=[spread.label])
    ends = [*(str(bound) for bound in spread.bounds), "+Inf"]
    for label, counts in list(spread.counts.items()):
        buckets = list(zip(ends, accumulate(counts), strict=True))
        family.add_metric([label], buckets, spread.sums.get(label, 0.0))
    return family
