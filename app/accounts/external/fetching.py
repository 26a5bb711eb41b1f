"""Reading from one foreign host, without letting it lead anywhere else."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from app.web.json_reading import read_json
from app.web.problems import MalformedJson

SECONDS = 5.0
MOST_BYTES = 256 * 1024
OK = 200
PORTS = {"https": 443, "http": 80}
BEHIND_GATEWAYS = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""NAT64: such an address stands for an IPv4 one, which may be private."""

OPEN_INTERNET = IPv6Network("2000::/3")
"""All of IPv6 that is given out: what lies beyond counts as global, though it was private once."""

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[list[str]]]


class FetchFailed(Exception):
    """The host did not answer as it should. Why is not told: it may hold what was answered."""


async def resolved(host: str, port: int) -> list[str]:
    """Every address of a host. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def is_public(address: Address) -> bool:
    """Whether an address lies in the open internet, and stands for no other one."""
    if isinstance(address, IPv6Address) and address not in OPEN_INTERNET:
        return False
    return address.is_global and not address.is_multicast and not _stands_for_another(address)


def is_of_a_host(address: Address) -> bool:
    """Whether an address is one that a host of the operator's may have: public, private, or this.

    Link-local ones are not: at such an address a cloud gives out its credentials.
    """
    is_no_host = address.is_link_local or address.is_multicast or address.is_unspecified
    return not is_no_host and not _stands_for_another(address)


def _stands_for_another(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return False
    other = address.ipv4_mapped or address.sixtofour or address.teredo
    return bool(other) or any(address in each for each in BEHIND_GATEWAYS)


class Fetcher:
    """Fetches by https. The address is looked up once, judged, and then connected to.

    So a name that answers differently the second time leads nowhere. Redirects, proxies of the
    environment, compressed and large answers are refused.
    """

    def __init__(
        self,
        resolve: Resolver = resolved,
        is_allowed: Callable[[Address], bool] = is_public,
        trust: ssl.SSLContext | None = None,
        *,
        plain_on_this_host: bool = False,
    ) -> None:
        """`trust`: whose certificates count; the system's by default.

        `plain_on_this_host`: whether http will do where the address is this machine's own.
        """
        self._resolve = resolve
        self._is_allowed = is_allowed
        self._trust = trust or ssl.create_default_context()
        self._plain_on_this_host = plain_on_this_host

    async def json(self, url: str) -> object:
        """What lies there, at most 256 KiB within 5 s. Raises FetchFailed."""
        try:
            return read_json(await self.read(url, {"Accept": "application/json"}))
        except MalformedJson:
            raise FetchFailed from None

    async def read(self, url: str, headers: Mapping[str, str]) -> bytes:
        """What lies there, at most 256 KiB within 5 s. Raises FetchFailed."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._read(httpx.URL(url), headers)
        except (TimeoutError, OSError, ValueError, httpx.HTTPError, httpx.InvalidURL):
            raise FetchFailed from None

    async def _read(self, url: httpx.URL, headers: Mapping[str, str]) -> bytes:
        if url.userinfo or url.scheme not in PORTS:
            raise FetchFailed
        pinned = url.copy_with(host=await self._address(url))
        request = httpx.Request(
            "GET",
            pinned,
            headers={
                "Host": url.netloc.decode("ascii"),
                "Accept-Encoding": "identity",
                **headers,
            },
            extensions={"sni_hostname": url.host},
        )
        async with httpx.AsyncClient(
            verify=self._trust, trust_env=False, follow_redirects=False, timeout=SECONDS
        ) as http:
            answer = await http.send(request, stream=True)
            try:
                return await _body_of(answer)
            finally:
                await answer.aclose()

    async def _address(self, url: httpx.URL) -> str:
        """The address to connect to. Raises FetchFailed when any of the host's is not allowed."""
        found = await self._resolve(url.host, url.port or PORTS[url.scheme])
        addresses = [ip_address(each) for each in found]
        if not addresses or not all(map(self._is_allowed, addresses)):
            raise FetchFailed
        here = self._plain_on_this_host and all(each.is_loopback for each in addresses)
        if url.scheme != "https" and not here:
            raise FetchFailed
        return str(addresses[0])


async def _body_of(answer: httpx.Response) -> bytes:
    """Raises FetchFailed."""
    if answer.status_code != OK or "content-encoding" in answer.headers:
        raise FetchFailed
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise FetchFailed
    return bytes(body)
