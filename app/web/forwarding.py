"""Who is at the other end, where a proxy stands between: only proxies that are trusted count."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Forwarding:
    """Puts the client's address and scheme into the scope, as told by trusted proxies."""

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        """`trusted`: networks of proxies, as `10.0.0.0/8`; none by default."""
        self._trusted = [ip_network(network) for network in trusted]

    def apply(self, scope: Scope) -> None:
        """Read `X-Forwarded-For` and `-Proto` when the peer is a trusted proxy."""
        if not self._trusted or not self._is_trusted(peer := _peer(scope)):
            return
        scope["client"] = (str(self._client(peer, _values(scope, b"x-forwarded-for"))), 0)
        protocols = _values(scope, b"x-forwarded-proto")
        if protocols and protocols[-1] in ("http", "https"):
            scope["scheme"] = protocols[-1]

    def _client(self, peer: Address | None, hops: list[str]) -> Address | None:
        """The first hop from the right that is not trusted: what stands further left is hearsay."""
        while hops and self._is_trusted(peer):
            hop = _address(hops.pop())
            if hop is None:
                break
            peer = hop
        return peer

    def _is_trusted(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._trusted)


def comes_in_the_clear(scope: Scope) -> bool:
    """Whether the request came by plain http from another host."""
    peer = _peer(scope)
    return scope.get("scheme") != "https" and not (peer is not None and peer.is_loopback)


def client_address(scope: Scope) -> str:
    """The client's address for throttles; `unknown` when the server knows none."""
    return str(_peer(scope) or "unknown")


def _peer(scope: Scope) -> Address | None:
    client = scope.get("client")
    return _address(client[0]) if client else None


def _address(text: str) -> Address | None:
    """Of IPv4 also where a socket for both kinds writes it as one of IPv6."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


def _values(scope: Scope, header: bytes) -> list[str]:
    """The members of a list header, over all its lines, in order."""
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == header]
    return [item.strip() for line in lines for item in line.split(",") if item.strip()]
