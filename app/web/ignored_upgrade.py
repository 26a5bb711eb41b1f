"""A request that asks for another protocol, which is not spoken here, is read on as HTTP/1.1."""

from collections.abc import Iterable

FRAMING = (b"content-length", b"transfer-encoding")


def head_of_rest(
    method: bytes, version: str, headers: Iterable[tuple[bytes, bytes]], *, goes_on: bool
) -> bytes:
    """A head without the upgrade, behind which a parser finds the same body.

    The server's parser takes a request with an upgrade for one without a body: what follows would
    be read as the next request. `goes_on`: whether there may be one.
    """
    lines = [b"%b / HTTP/%b" % (method, version.encode())]
    lines += [b"%b: %b" % (name, value) for name, value in headers if name in FRAMING]
    lines.append(b"connection: keep-alive" if goes_on else b"connection: close")
    return b"\r\n".join(lines) + b"\r\n\r\n"
