"""Proxies are believed where they are trusted, and nowhere else."""

import pytest
from starlette.types import Scope

from app.web.forwarding import Forwarding, client_address, comes_in_the_clear
from app.web.shape import ShellSettings
from tests.web.raw import BEARER, HOST, ask
from tests.web.sample import an_app


def forwarded(
    peer: str, *hops: str, proto: str | None = None, trusted: str = "10.0.0.0/8"
) -> Scope:
    """The scope after the rule was applied."""
    headers = [(b"x-forwarded-for", hop.encode()) for hop in hops]
    headers += [(b"x-forwarded-proto", proto.encode())] if proto else []
    scope = {"client": (peer, 1), "headers": headers, "scheme": "http"}
    Forwarding([trusted]).apply(scope)
    return scope


@pytest.mark.parametrize(
    ("peer", "hops", "client"),
    [
        ("10.0.0.1", ("192.0.2.9",), "192.0.2.9"),
        ("10.0.0.1", ("6.6.6.6, 192.0.2.9",), "192.0.2.9"),
        ("10.0.0.1", ("192.0.2.9, 10.0.0.2",), "192.0.2.9"),
        ("10.0.0.1", ("6.6.6.6", "192.0.2.9, 10.0.0.2"), "192.0.2.9"),
        ("10.0.0.1", ("192.0.2.9, nonsense, 10.0.0.2",), "10.0.0.2"),
        ("10.0.0.1", ("2001:db8::1",), "2001:db8::1"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("::ffff:10.0.0.1", ("192.0.2.9",), "192.0.2.9"),
        ("10.0.0.1", ("192.0.2.9, ::ffff:10.0.0.2",), "192.0.2.9"),
        ("192.0.2.1", ("6.6.6.6",), "192.0.2.1"),
        ("10.0.0.1", ("10.0.0.3, 10.0.0.2",), "10.0.0.3"),
    ],
)
def test_client_is_the_first_untrusted_hop_from_the_right(
    peer: str, hops: tuple[str, ...], client: str
) -> None:
    assert client_address(forwarded(peer, *hops)) == client


def test_scheme_is_the_last_word_of_a_trusted_proxy() -> None:
    assert forwarded("10.0.0.1", proto="https")["scheme"] == "https"
    assert forwarded("10.0.0.1", proto="https, http")["scheme"] == "http"
    assert forwarded("10.0.0.1", proto="gopher")["scheme"] == "http"
    assert forwarded("192.0.2.1", proto="https")["scheme"] == "http"


def test_this_host_is_known_on_a_socket_of_both_kinds() -> None:
    for peer in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        assert not comes_in_the_clear(forwarded(peer))
    assert comes_in_the_clear(forwarded("::ffff:192.0.2.1"))


def test_address_may_be_unknown() -> None:
    assert client_address({"client": None}) == "unknown"
    assert client_address({"client": ("socket", 0)}) == "unknown"


@pytest.mark.anyio
async def test_app_believes_trusted_proxies_alone() -> None:
    told = (b"x-forwarded-proto", b"https")
    settings = ShellSettings(trusted_proxies=["192.0.2.0/24"], https_only=True)
    assert (await ask(an_app(settings), headers=[HOST, BEARER, told])).status == 200
    distrustful = an_app(ShellSettings(https_only=True))
    assert (await ask(distrustful, headers=[HOST, BEARER, told])).status == 400
