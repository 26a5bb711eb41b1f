"""What is an address of PostgreSQL or a network, and what only looks like one."""

import pytest

from app.addresses import is_network, is_postgresql_address


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@db1,db2:5433/x?target_session_attrs=primary&sslmode=verify-full",
        "postgresql://u:p%2Fq%40r@[::1]:5432/x",
        "postgresql://u:p@[::1],[fe80::1%25eth0]:5433/x",
        "postgresql://u:@127.0.0.1:5432/x",
        "postgresql:///x?host=/run/postgresql",
        "postgresql://u@/x?host=/run/postgresql,/tmp&port=5432,5433",
        "postgresql://u@%2Frun%2Fpostgresql/x",
        "postgresql://db1/x?user=u@tenant",
        "postgres://db1",
    ],
)
def test_an_address_is_one(url: str) -> None:
    assert is_postgresql_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:12/q@db1/x",
        "postgresql://u:12?q@db1/x",
        "postgresql://u:12?q=r@db1/x",
        "postgresql://u:12#q@db1/x",
        "postgresql://u:1@2@db1/x",
        "postgresql://u:1[2@db1/x",
        "postgresql://u:1[2]@db1/x",
        "postgresql://u:p@db1:notaport/x",
        "postgresql://u:p@db1:70000/x",
        "postgresql://u:p@db1:1:2/x",
        "postgresql://u:p@db1,,db2/x",
        "postgresql://u:p@/x?host=db1&port=a",
        "postgresql://u:p@/x?host=db1&port=5432,70000",
        "postgresql://u:p@/x?host=db1,",
        "postgresql://u:p@/x?host",
    ],
)
def test_what_a_driver_would_take_to_pieces_is_none(url: str) -> None:
    assert not is_postgresql_address(url)


def test_a_network_has_no_bit_of_a_host() -> None:
    assert all(map(is_network, ("10.0.0.0/8", "127.0.0.1", "::1/128", "fd00::/8")))
    assert not any(map(is_network, ("10.0.0.1/8", "localhost", "", "10.0.0.0/33")))
