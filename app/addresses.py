"""Which texts are addresses: asked once at start, before a driver or a worker takes them."""

import re
from ipaddress import ip_network
from urllib.parse import parse_qs, urlsplit

HOST = re.compile(r"(\[[0-9A-Fa-f:.]+(%[^\[\]]+)?\]|[^\[\]:@]*)(:[0-9]{1,5})?")
SOCKET = re.compile(r"/[^:@]*")
PORT = re.compile(r"[0-9]{1,5}")
LAST_PORT = 65535


def is_postgresql_address(url: str) -> bool:
    """Whether `url` is one of one or several hosts, without a sign that has a meaning there.

    In a password such a sign would end it: its rest would be taken for a host, a port or a name,
    looked up, and told.
    """
    try:
        parts = urlsplit(url)
        options = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
    except ValueError:
        return False
    user, _, hosts = parts.netloc.rpartition("@")
    # What stands behind the hosts is no place for an @ unless both others are there.
    behind = parts.path if parts.path else parts.query
    if "#" in url or "@" in user or "@" in behind:
        return False
    given = [hosts] if hosts else options.get("host", [])
    ports = [port for text in options.get("port", []) for port in text.split(",")]
    return all(_are_hosts(each) for each in given) and all(
        PORT.fullmatch(port) and int(port) <= LAST_PORT for port in ports
    )


def is_network(text: str) -> bool:
    """Whether `text` is a network, as 10.0.0.0/8, or one address; none of a host inside one."""
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def host_by_https(url: str) -> str:
    """The host that `url` names, in lower case; empty unless it is asked by https."""
    return host_of(url) if url.startswith("https://") else ""


def host_of(url: str) -> str:
    """The host, in lower case; empty where none can be read."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _are_hosts(text: str) -> bool:
    """One, or several with commas between; a folder is that of a socket."""
    each_of = text.split(",")
    return all(each and (SOCKET.fullmatch(each) or _is_host(each)) for each in each_of)


def _is_host(text: str) -> bool:
    found = HOST.fullmatch(text)
    return found is not None and int((found[3] or ":0")[1:]) <= LAST_PORT
