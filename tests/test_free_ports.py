"""A free port stays free until whoever asked for it uses it."""

import socket

import pytest

from tests.process import HELD, MOST_HELD, free_port


def test_a_free_port_is_for_a_server_that_is_told_it() -> None:
    port = free_port()
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as every server does
        server.bind(("127.0.0.1", port))
        server.listen()
        with socket.create_connection(("127.0.0.1", port)):
            pass


def test_nobody_listens_there_and_nobody_gets_it_by_chance() -> None:
    port = free_port()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))


def test_only_the_last_ones_are_held() -> None:
    ports = [free_port() for _ in range(2 * MOST_HELD)]
    assert len(set(ports[-MOST_HELD:])) == MOST_HELD
    assert len(HELD) == MOST_HELD
