"""Whom a bucket counts, where it is a place in the network."""

from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import Request

from app.web.forwarding import client_address

IPV6_PREFIX = 64
"""What one household or host has to itself; it may use any address in there."""


def network_of(request: Request) -> str:
    """The client's address; of IPv6 the network of 64 bits, and `unknown` where there is none."""
    text = client_address(request.scope)
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return text
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), IPV6_PREFIX), strict=False))
