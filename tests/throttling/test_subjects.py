"""Places in the network that count as one."""

import pytest
from starlette.requests import Request

from app.throttling import network_of

SAME = [
    ("2001:db8:1:2:aaaa::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
    ("::ffff:192.0.2.7", "192.0.2.7"),
    ("2001:DB8::1", "2001:db8:0:0::9"),
]
OTHERS = [
    ("192.0.2.7", "192.0.2.8"),
    ("2001:db8:1:2::1", "2001:db8:1:3::1"),
    ("::ffff:192.0.2.7", "::ffff:192.0.2.8"),
]


def of(address: str) -> str:
    return network_of(Request({"type": "http", "client": (address, 1), "headers": []}))


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_one_household_has_is_one_place(one: str, other: str) -> None:
    assert of(one) == of(other)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_neighbours_are_other_places(one: str, other: str) -> None:
    assert of(one) != of(other)


def test_a_client_without_an_address_has_a_place_too() -> None:
    assert network_of(Request({"type": "http", "client": None, "headers": []})) == "unknown"
