"""Requests as bytes: one of each operation, and what an attacker makes of them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tests.contract.paths import Document

# Part of an OpenAPI file, of every JSON type.
Json = Any

SOME_ID = "0197c0de-0011-7000-8000-000000000011"
JSON_TYPE = b"application/json"
PREFIX = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Plain:
    """A request in its parts; nothing keeps them from contradicting each other."""

    method: bytes
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes | None = None

    def written(self) -> bytes:
        """As it goes over the wire, with the length of the body."""
        headers = [*self.headers]
        if self.body is not None:
            headers.append((b"Content-Length", str(len(self.body)).encode()))
        lines = b"".join(b"%s: %s\r\n" % header for header in headers)
        return b"%s %s HTTP/1.1\r\n%s\r\n%s" % (self.method, self.target, lines, self.body or b"")


def of_every_operation(document: Document, token: str) -> list[Plain]:
    """One good request an operation, signed."""
    return [
        _plain(document, path, method, operation, token)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _plain(document: Document, path: str, method: str, operation: Json, token: str) -> Plain:
    target = path
    for parameter in operation.get("parameters", ()):
        target = target.replace(f"{{{parameter['name']}}}", SOME_ID)
    headers = [(b"Host", b"afterglow.test"), (b"Authorization", f"Bearer {token}".encode())]
    body = None
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body = json.dumps(example_of(document, schema)).encode()
        headers.append((b"Content-Type", JSON_TYPE))
    return Plain(method.upper().encode(), target.encode(), tuple(headers), body)


def example_of(document: Document, schema: Json) -> Json:
    """The first example of a component, or of the first member of a union."""
    found = document["components"]["schemas"][schema["$ref"].removeprefix(PREFIX)]
    if "oneOf" in found:
        return example_of(document, found["oneOf"][0])
    return found.get("examples", [{}])[0]


NUMBERS = (b"-1", b"+5", b"5,5", b"0x10", b"99999999999999999999", b"1e3", b"", b" 7", b"\xb2")
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    *((b"Content-Length", number) for number in NUMBERS),
    (b"Transfer-Encoding", b"chunked"),
    (b"Transfer-Encoding", b"gzip, chunked"),
    (b"Transfer-Encoding", b"chunked, identity"),
    (b"Transfer-Encoding", b"\x0bchunked"),
    (b"Content-Encoding", b"gzip"),
    (b"Content-Encoding", b"br, br, br"),
    (b"Content-Type", b"application/json; charset=utf-7"),
    (b"Content-Type", b"multipart/form-data; boundary="),
    (b"Content-Type", b"\xff\xfe"),
    (b"Host", b"other.test"),
    (b"Host", b"a b"),
    (b"Host", b"[::1"),
    (b"Connection", b"upgrade, close, \x00"),
    (b"Upgrade", b"h2c"),
    (b"Expect", b"100-continue"),
    (b"Expect", b"a miracle"),
    (b"Range", b"bytes=0-,0-,0-,0-"),
    (b"If-Match", b'"1", W/"2", *, ""'),
    (b"If-Match", b'"' + b"9" * 250 + b'"'),
    (b"If-None-Match", b'"\xff"'),
    (b"Authorization", b"Bearer"),
    (b"Authorization", b"Bearer \xff\xfe\xfd"),
    (b"Authorization", b"Basic " + b"A" * 900),
    (b"Cookie", b"a=b; " * 900),
    (b"traceparent", b"00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-01"),
    (b"traceparent", b"ff-\xe9"),
    (b"X-Forwarded-For", b"1.2.3.4, ::ffff:1.2.3.4, unknown, \x7f"),
    (b"X-Forwarded-Proto", b"gopher"),
    (b"X-Request-Id", b"\x1b[31mred"),
    (b"Accept", b"*/*;q=9999999999999999999999"),
    (b"Accept-Encoding", b"gzip;q=, ,;=;q=1e400"),
    (b"Origin", b"null"),
    (b"Access-Control-Request-Method", b"\x00"),
    (b"X-Long", b"x" * 20_000),
    (b"X Space", b"1"),
    (b"X-Folded", b"1\r\n 2"),
    (b"X-Injected", b"1\r\nX-Other: 2"),
    (b"", b"no name"),
)
TARGETS = (
    b"",
    b"*",
    b"//",
    b"/" + b"a" * 9000,
    b"/v1/entries/%00",
    b"/v1/entries/%ff%fe",
    b"/v1/entries/%",
    b"/v1/entries/%zz",
    b"/v1/entries/\xc3\x28",
    b"/v1/entries/../../etc/passwd",
    b"/v1/entries/..%2f..%2fetc%2fpasswd",
    b"/docs/..%5c..%5csecret",
    b"/view/%2e%2e/%2e%2e/keys.json",
    b"http://other.test/v1/entries",
    b"/v1/entries;x=1",
    b"/v1/entries#part",
    b"/v1/entries?cursor=" + b"A" * 4000,
    b"/v1/entries?cursor=%ff&limit=1e9&kind=mood&kind=mood",
    b"/v1/entries?from=2026-02-30&to=99999-01-01",
    b"/v1/entries?" + b"a=1&" * 1500,
    b"/v1/trends/daily?metric=mood&from=0001-01-01&to=9999-12-31",
    b"/v1/sync/changes?cursor=9223372036854775808",
    b"/v1/sync/changes?cursor=-1&limit=\xd9\xa3",
    b"/shl/" + b"A" * 43 + b"?recipient=%F0%9F%92%A9",
)
BODIES = (
    b"",
    b"{",
    b"[" * 50_000,
    b'{"a":' * 3000,
    b"[" + b"0," * 60_000 + b"0]",
    b'{"kind":"mood","kind":"mood"}',
    b'{"kind":NaN,"score":-Infinity}',
    b'{"score":1e999}',
    b'{"score":' + b"9" * 4000 + b"}",
    b'"\\ud800"',
    b'{"note":"\\u0000"}',
    b'{"note":"' + b"\xc0\x80" * 40 + b'"}',
    b"\xef\xbb\xbf{}",
    "{}".encode("utf-16"),
    b"\x1f\x8b\x08\x00" + b"\x00" * 64,
    b"x" * (1024 * 1024 + 1),
    b'{"__proto__":{},"constructor":{}}',
    b'{"id":"' + SOME_ID.encode() + b'","kind":["mood"],"score":{"$gt":0}}',
)
METHODS = (b"HEAD", b"OPTIONS", b"TRACE", b"CONNECT", b"PROPFIND", b"get", b"\x00", b"A" * 300)
CHUNKS = (
    b"5\r\n{}\r\n0\r\n\r\n",
    b"zz\r\n{}\r\n0\r\n\r\n",
    b"ffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    b"-2\r\n{}\r\n0\r\n\r\n",
    b"2;" + b"e=1;" * 2000 + b"\r\n{}\r\n0\r\n\r\n",
    b"2\r\n{}\r\n0\r\nX-Trailer: 1\r\n\r\n",
    b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
)

Change = Callable[[Random, Plain], Plain]


def _other_header(random: Random, plain: Plain) -> Plain:
    added = tuple(random.choice(HEADERS) for _ in range(random.randint(1, 3)))
    return replace(plain, headers=(*plain.headers, *added))


def _other_chunks(random: Random, plain: Plain) -> Plain:
    chunked = (*plain.headers, (b"Transfer-Encoding", b"chunked"))
    tail = random.choice(CHUNKS)
    return replace(plain, headers=(*chunked, (b"X-End", b"1\r\n\r\n" + tail)), body=None)


def _broken_body(random: Random, plain: Plain) -> Plain:
    if plain.body is None:
        return _broken_target(random, plain)
    return replace(plain, body=broken(random, plain.body))


def _other_body(random: Random, plain: Plain) -> Plain:
    if plain.body is None and random.random() < 0.8:
        return _broken_target(random, plain)
    return replace(plain, body=random.choice(BODIES))


def _broken_target(random: Random, plain: Plain) -> Plain:
    path = broken(random, plain.target[1:])
    escaped = b"".join(b"%c" % byte if 32 < byte < 127 else b"%%%02X" % byte for byte in path)
    return replace(plain, target=b"/" + escaped)


CHANGES: Mapping[Change, int] = {
    _broken_body: 12,
    _broken_target: 6,
    _other_header: 6,
    _other_body: 6,
    lambda random, plain: replace(plain, target=random.choice(TARGETS)): 4,
    _other_chunks: 2,
    lambda random, plain: replace(plain, method=random.choice(METHODS)): 2,
    lambda random, plain: replace(plain, headers=plain.headers[random.randint(1, 3) :]): 1,
    lambda random, plain: replace(plain, headers=plain.headers * random.randint(2, 60)): 1,
}
"""Changes and how often each is made; those that HTTP itself stops at come seldom."""


def hostile(random: Random, plain: Plain) -> bytes:
    """A request with one or two of its parts changed, and now and then with broken bytes."""
    changes = random.choices([*CHANGES], [*CHANGES.values()], k=random.choice((1, 1, 1, 2)))
    for change in changes:
        plain = change(random, plain)
    text = plain.written()
    return broken(random, text) if random.random() < 0.15 else text


def broken(random: Random, text: bytes) -> bytes:
    """Some bytes flipped, put in, taken out or doubled."""
    bytes_ = bytearray(text)
    for _ in range(random.randint(1, 8)):
        at = random.randrange(len(bytes_) + 1)
        match random.randrange(4):
            case 0 if at < len(bytes_):
                bytes_[at] ^= 1 << random.randrange(8)
            case 1:
                bytes_[at:at] = random.randbytes(random.randint(1, 12))
            case 2:
                del bytes_[at : at + random.randint(1, 12)]
            case _:
                bytes_[at:at] = bytes_[at : at + random.randint(1, 40)]
    return bytes(bytes_)
