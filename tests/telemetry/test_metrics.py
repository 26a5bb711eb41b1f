"""The figures, as somebody scrapes them from a running server."""

import json
import re
import signal
import socket
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.telemetry import REQUEST_SECONDS, REQUESTS
from app.telemetry.exposition import NoPort, exposed
from app.telemetry.figures import Spread
from tests.process import RunningService, free_port, served

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|@|ag[arsv]_")
LABELS = {"method", "route", "status", "bucket", "record", "outcome", "state", "le"}


def scraped(port: int) -> str:
    """The text on a metrics port."""
    return httpx.get(f"http://127.0.0.1:{port}/metrics").text


def values(text: str) -> dict[tuple[str, str], float]:
    """Samples by name and labels."""
    return {
        (sample.name, json.dumps(sample.labels, sort_keys=True)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def lively(service: RunningService) -> str:
    """Requests of every sort; the account's token."""
    with service.client() as http:
        token = service.sign_up(http)
        signed_in = {"Authorization": f"Bearer {token}"}
        http.get(f"/v1/entries/{uuid4()}", headers=signed_in)
        http.get("/v1/entries", headers=signed_in)
        http.get("/nowhere/somebody@example.org")
        http.request("BREW", "/v1/entries")
    return token


def test_figures_are_scraped_and_no_label_holds_an_id(own_url: str, tmp_path: Path) -> None:
    port = free_port()
    with served(own_url, tmp_path, {"AFTERGLOW_METRICS_PORT": str(port)}) as service:
        token = lively(service)
        text = scraped(port)
        found = values(text)
    one = {"method": "GET", "route": "/v1/entries/{entry_id}", "status": "404"}
    assert found["afterglow_requests_total", json.dumps(one, sort_keys=True)] == 1
    none = {"method": "GET", "route": "none", "status": "404"}
    assert found["afterglow_requests_total", json.dumps(none, sort_keys=True)] == 1
    refused = json.dumps({"status": "400"})
    assert found["afterglow_connections_refused_total", refused] == 1
    counted = json.dumps({"route": "/v1/entries"})
    assert found["afterglow_request_seconds_count", counted] == 1
    assert found["afterglow_mails_total", json.dumps({"outcome": "sent"})] >= 1
    assert found["afterglow_outbox_age_seconds", "{}"] == 0
    assert 0 <= found["afterglow_audit_head_age_seconds", "{}"] < 60
    assert found["afterglow_hashes", json.dumps({"state": "held"})] == 0
    assert found["afterglow_database_connections", json.dumps({"state": "waiting"})] == 0
    assert found["afterglow_database_connections", json.dumps({"state": "idle"})] > 0
    assert not ID.search(text)
    assert token not in text
    assert {name for _, labels in found for name in json.loads(labels)} <= LABELS


def test_each_worker_has_figures_of_its_own_and_ends_clean(
    own_sqlite_url: str, tmp_path: Path
) -> None:
    more = {"AFTERGLOW_METRICS_PORT": str(free_port())}
    with served(own_sqlite_url, tmp_path, more, workers=2) as service:
        lines = served_metrics(tmp_path / "log", 2)
        ports = {line["value"] for line in lines}
        assert len(ports) == len({line["worker"] for line in lines}) == 2
        with service.client() as http:
            for _ in range(20):
                http.get("/healthz")
            http.get("/nowhere")  # those before it have been counted by now
        texts = [values(scraped(port)) for port in ports]
        healthy = json.dumps({"method": "GET", "route": "/healthz", "status": "200"})
        assert sum(each.get(("afterglow_requests_total", healthy), 0) for each in texts) == 20
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(30) == 0
    log = (tmp_path / "log").read_text()
    assert log.count('"event":"stopped"') == log.count('"event":"started"') == 2


def served_metrics(log: Path, number: int) -> list[dict[str, Any]]:
    """What the log says of metrics, once so many workers serve them."""
    until = time.monotonic() + 60
    lines: list[dict[str, Any]] = []
    while len(lines) < number and time.monotonic() < until:
        time.sleep(0.1)
        told = [line for line in log.read_text().splitlines() if '"metrics.served"' in line]
        lines = [json.loads(line) for line in told]
    return lines


def test_nothing_listens_unless_asked_and_then_on_loopback_alone() -> None:
    port = free_port()
    with exposed(port) as given:
        assert given == port
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.2", port)) != 0
        assert "afterglow_requests" in scraped(port)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_no_port_is_a_fault_and_not_a_silence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 65535))
        taken.listen()
        with pytest.raises(NoPort), exposed(65535):
            pass


def test_buckets_take_what_is_not_more_than_their_end() -> None:
    spread = Spread("a", "b", "c", (1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 2.0, 2.5):
        spread.add("x", value)
    assert spread.counts == {"x": [2, 2, 1]}
    assert spread.sums == {"x": 7.5}


def test_counting_costs_a_request_next_to_nothing() -> None:
    rounds = 20_000
    begun = time.thread_time()
    for _ in range(rounds):
        REQUESTS.add("GET", "/cost", "200")
        REQUEST_SECONDS.add("/cost", 0.003)
    assert (time.thread_time() - begun) / rounds < 20e-6
