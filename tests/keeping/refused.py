"""Every operation asked wrongly with a canary everywhere; what the answers say."""

import socket
from collections.abc import Iterator
from uuid import uuid4

import httpx

from tests.access.requests import Operation, operations

HEADS = (
    b"GET /%b HTTP/1.1\r\nHost: a\r\nHost: %b\r\n\r\n",
    b"GET /v1/entries?%b HTTP/1.1\r\nHost: a\r\nUpgrade: %b\r\n\r\n",
    b"POST /v1/tokens HTTP/1.1\r\nHost: a\r\n%b \xff: x\r\n\r\n",
    b"%b /v1/entries HTTP/9.9\r\nHost: %b\r\n\r\n",
)
"""What the connection itself refuses."""
JSON = {"Content-Type": "application/json"}


def _bodies(word: str) -> Iterator[tuple[dict[str, str], bytes]]:
    """Media type and text of bodies that no operation takes.

    Names of members and parameters are told: they are the place of a fault. Values are not.
    """
    yield JSON, f'{{"unknown": "{word}", "note": ["{word}"], "email": "{word}", "id": 4}}'.encode()
    yield JSON, f'{{"password": "{word}", "x'.encode()
    yield JSON, f'["{word}"]'.encode()
    yield {"Content-Type": f"text/{word}"}, word.encode()
    yield {**JSON, "Content-Encoding": word}, word.encode()


def _requests(operation: Operation, word: str, token: str) -> Iterator[dict[str, object]]:
    """Ways of asking wrongly, each with the word in other places."""
    bearer = {"Authorization": f"Bearer {token}"}
    strange = {"If-Match": word, "If-None-Match": word, "X-Forwarded-For": word, "Origin": word}
    paths = {
        operation.path.format(**dict.fromkeys(operation.places, each))
        for each in (word, str(uuid4()))
    }
    for path in sorted(paths):
        yield {"url": path, "headers": {"Authorization": f"Bearer {word}"}}
        yield {"url": path, "headers": {**bearer, **strange}, "params": {"unknown": word}}
        yield {"url": f"{path}/{word}", "headers": bearer}
        if operation.has_body:
            for kind, content in _bodies(word):
                yield {"url": path, "headers": {**bearer, **kind}, "content": content}
    for each in operation.parameters:
        if each["in"] == "query":
            yield {"url": operation.path, "headers": bearer, "params": {each["name"]: word}}


def refusals(http: httpx.Client, word: str, token: str) -> tuple[int, bytes]:
    """How many requests were refused, and all bytes of the refusals, heads included."""
    told = []
    for operation in operations():
        if operation.name == "deleteAccount":
            continue
        for request in _requests(operation, word, token):
            answer = http.request(operation.method, **request)  # type: ignore[arg-type]
            if answer.status_code >= httpx.codes.BAD_REQUEST:
                told.append(answer.content + repr(answer.headers.raw).encode())
    for head in HEADS:
        told.append(_raw(http, head.replace(b"%b", word.encode())))
    return len(told), b"\n".join(told)


def _raw(http: httpx.Client, head: bytes) -> bytes:
    address = (http.base_url.host, http.base_url.port or 80)
    with socket.create_connection(address, timeout=10) as line:
        line.sendall(head)
        line.shutdown(socket.SHUT_WR)
        told = b""
        while piece := line.recv(65536):
            told += piece
    assert told.startswith(b"HTTP/1.1 4"), told
    return told
