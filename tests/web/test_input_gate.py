"""What is refused before any route sees it."""

import httpx
import pytest
from fastapi import FastAPI

from app.web.input_gate import DRAINED_BYTES, MOST_BODY_BYTES
from app.web.request_head import MOST_HEAD_BYTES, MOST_TARGET_BYTES
from app.web.shape import ShellSettings
from tests.web.raw import BEARER, HOST, JSON, Answer, ask, post
from tests.web.sample import NOTE_ID, a_client, an_app

pytestmark = pytest.mark.anyio

WALK = b'{"kind":"walk","steps":4}'
CHUNKED = (b"transfer-encoding", b"chunked")


@pytest.fixture
def app() -> FastAPI:
    """The sample app."""
    return an_app()


async def typed(app: FastAPI, content_type: bytes, method: str = "POST") -> Answer:
    """A body under another content type."""
    target = b"/v1/notes" if method == "POST" else f"/v1/notes/{NOTE_ID}".encode()
    headers = [HOST, BEARER, (b"content-type", content_type), CHUNKED, (b"if-match", b'"417"')]
    return await ask(app, method, target, headers, [WALK if method == "POST" else b"{}"])


@pytest.mark.parametrize(
    "content_type",
    [
        b"application/json",
        b"Application/JSON",
        b"application/json; charset=utf-8",
        b'application/json;charset="UTF-8"',
    ],
)
async def test_json_is_read(app: FastAPI, content_type: bytes) -> None:
    assert (await typed(app, content_type)).status == 201


@pytest.mark.parametrize(
    "content_type",
    [
        b"",
        b"text/plain",
        b"text/json",
        b"application/json; charset=latin-1",
        b"application/json; version=2",
        b"application/jsonx",
        b"application/xml+json",
        b"application/merge-patch+json",
        b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=x",
    ],
)
async def test_other_media_types_are_refused(app: FastAPI, content_type: bytes) -> None:
    answer = await typed(app, content_type)
    assert (answer.status, answer.problem()["code"]) == (415, "unsupported_media_type")


async def test_body_without_a_type_is_refused(app: FastAPI) -> None:
    answer = await ask(app, "POST", b"/v1/notes", [HOST, BEARER, CHUNKED], [WALK])
    assert answer.status == 415


async def test_patch_reads_both_names_of_a_merge_patch(app: FastAPI) -> None:
    for content_type in (b"application/json", b"application/merge-patch+json"):
        assert (await typed(app, content_type, "PATCH")).status == 200


async def test_path_may_read_a_further_type() -> None:
    app = an_app(ShellSettings(more_media_types={"/v1/notes": ["text/csv"]}))
    assert (await typed(app, b"text/csv; charset=utf-8")).status != 415
    assert (await typed(app, b"text/html")).status == 415


async def test_compressed_bodies_are_refused(app: FastAPI) -> None:
    for encoding in (b"gzip", b"identity", b"br, gzip"):
        headers = [HOST, BEARER, JSON, CHUNKED, (b"content-encoding", encoding)]
        answer = await ask(app, "POST", b"/v1/notes", headers, [WALK])
        assert answer.problem()["code"] == "unsupported_media_type"


async def test_announced_large_body_is_dropped_and_refused(app: FastAPI) -> None:
    length = (b"content-length", str(MOST_BODY_BYTES + 1).encode())
    answer = await ask(app, "POST", b"/v1/notes", [HOST, BEARER, JSON, length], [WALK] * 3)
    assert (answer.status, answer.problem()["code"]) == (413, "body_too_large")
    assert answer.header(b"connection") == b"close"
    assert answer.chunks_read == 3


async def test_client_that_asks_first_is_refused_before_it_sends(app: FastAPI) -> None:
    length = (b"content-length", str(MOST_BODY_BYTES + 1).encode())
    head = [HOST, BEARER, JSON, length, (b"expect", b"100-continue")]
    answer = await ask(app, "POST", b"/v1/notes", head, [WALK])
    assert (answer.status, answer.chunks_read) == (413, 0)


@pytest.mark.parametrize("length", [CHUNKED, (b"content-length", b"20")])
async def test_large_body_is_counted_as_it_streams(
    app: FastAPI, length: tuple[bytes, bytes]
) -> None:
    chunks = [b"x" * 65536] * 320
    answer = await ask(app, "POST", b"/v1/notes", [HOST, BEARER, JSON, length], chunks)
    assert (answer.status, answer.problem()["code"]) == (413, "body_too_large")
    assert answer.header(b"connection") == b"close"
    assert answer.chunks_read == 17 + DRAINED_BYTES // 65536


async def test_two_mebibytes_without_a_length_are_refused_to_a_real_client(app: FastAPI) -> None:
    async def body() -> object:
        for _ in range(32):
            yield b" " * 65536

    async with a_client(app) as client:
        headers = {"Content-Type": "application/json"}
        answer: httpx.Response = await client.post("/v1/notes", content=body(), headers=headers)  # type: ignore[arg-type]  # an async generator
    assert answer.status_code == 413


async def test_body_of_just_the_limit_is_read(app: FastAPI) -> None:
    assert (await post(app, WALK + b" " * (MOST_BODY_BYTES - len(WALK)))).status == 201


async def test_limit_is_a_setting() -> None:
    app = an_app(ShellSettings(most_body_bytes=10))
    answer = await post(app, WALK)
    assert (answer.status, answer.problem()["detail"]) == (413, "A body has at most 10 bytes.")


async def test_body_comes_in_any_pieces(app: FastAPI) -> None:
    pieces = [WALK[n : n + 1] for n in range(len(WALK))]
    answer = await ask(app, "POST", b"/v1/notes", [HOST, BEARER, JSON, CHUNKED], pieces)
    assert answer.status == 201


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
async def test_methods_without_a_body_refuse_one(app: FastAPI, method: str) -> None:
    for announced in (CHUNKED, (b"content-length", b"2")):
        answer = await ask(app, method, b"/v1/notes", [HOST, BEARER, JSON, announced], [b"{}"])
        assert (answer.status, answer.header(b"connection")) == (400, b"close")
    empty = (b"content-length", b"0")
    assert (await ask(app, "GET", b"/v1/notes", [HOST, BEARER, empty])).status == 200


async def test_long_target_is_refused(app: FastAPI) -> None:
    path = b"/v1/notes?limit="
    fitting = path + b"1" * (MOST_TARGET_BYTES - len(path))
    assert (await ask(app, target=fitting)).status == 422
    answer = await ask(app, target=fitting + b"1")
    assert (answer.status, answer.problem()["code"]) == (414, "target_too_long")
    assert (await ask(app, target=b"/" * (MOST_TARGET_BYTES + 1))).status == 414


async def test_large_or_many_headers_are_refused(app: FastAPI) -> None:
    size = len(b"host" + b"test") + len(b"".join(BEARER)) + 3 * 4 + 1
    fitting = [HOST, BEARER, (b"x", b"1" * (MOST_HEAD_BYTES - size))]
    assert (await ask(app, headers=fitting)).status == 200
    large = [HOST, BEARER, (b"x", b"1" * (MOST_HEAD_BYTES - size + 1))]
    assert (await ask(app, headers=large)).problem()["code"] == "head_too_large"
    many = [HOST, BEARER, *[(b"x%d" % n, b"") for n in range(98)]]
    assert (await ask(app, headers=many)).status == 200
    answer = await ask(app, headers=[*many, (b"y", b"")])
    assert (answer.status, answer.header(b"connection")) == (431, b"close")


@pytest.mark.parametrize(
    "headers",
    [
        [BEARER],
        [HOST, HOST, BEARER],
        [HOST, BEARER, BEARER],
        [HOST, BEARER, (b"content-length", b"0"), (b"content-length", b"0")],
        [HOST, BEARER, (b"content-length", b"2"), CHUNKED],
        [HOST, BEARER, (b"content-length", b"-1")],
        [HOST, BEARER, (b"content-length", b"+1")],
        [HOST, BEARER, (b"content-length", b"1_0")],
        [HOST, BEARER, (b"content-length", b"9" * 30)],
    ],
)
async def test_ambiguous_heads_are_refused(
    app: FastAPI, headers: list[tuple[bytes, bytes]]
) -> None:
    answer = await ask(app, headers=headers)
    assert (answer.status, answer.problem()["code"]) == (400, "bad_request")
    assert answer.header(b"connection") == b"close"


async def test_an_upgrade_is_ignored(app: FastAPI) -> None:
    asked = [(b"connection", b"upgrade"), (b"upgrade", b"h2c")]
    assert (await ask(app, headers=[HOST, BEARER, *asked])).status == 200


async def test_repeated_harmless_header_is_taken(app: FastAPI) -> None:
    twice = [(b"accept", b"*/*"), (b"accept", b"*/*")]
    assert (await ask(app, headers=[HOST, BEARER, *twice])).status == 200


@pytest.mark.parametrize(
    "path", [b"/v1/notes%", b"/v1/notes%2", b"/v1/%zz", b"/v1/%ff", b"/v1/%00", b"/v1/\xc3\xa9"]
)
async def test_path_that_is_not_clean_is_not_found(app: FastAPI, path: bytes) -> None:
    assert (await ask(app, target=path)).status == 404


@pytest.mark.parametrize("path", [b"/shl/%", b"/shl/%zz", b"/shl/%ff", b"/shl/%00"])
async def test_path_that_is_a_secret_is_left_to_its_route(path: bytes) -> None:
    app = an_app(ShellSettings(reader_prefixes=["/shl/"]))
    assert [(await ask(app, each, path, [HOST])).status for each in ("GET", "PUT")] == [404, 405]


@pytest.mark.parametrize("query", [b"limit=%", b"limit=%f", b"x=%ff", b"x=%00", b"x=\xff"])
async def test_query_that_is_not_clean_is_invalid(app: FastAPI, query: bytes) -> None:
    answer = await ask(app, target=b"/v1/notes?" + query)
    (fault,) = answer.problem()["errors"]
    assert (answer.status, fault["code"]) == (422, "bad_encoding")


async def test_percent_encoded_names_are_read(app: FastAPI) -> None:
    assert (await ask(app, target=b"/v1/notes?%6Cimit=2")).status == 200


async def test_plain_http_from_outside_is_refused_where_https_is_demanded() -> None:
    app = an_app(ShellSettings(https_only=True))
    outside = await ask(app)
    assert (outside.status, outside.problem()["code"]) == (400, "https_required")
    assert (await ask(app, scheme="https")).status == 200
    for local in ("127.0.0.1", "::1"):
        assert (await ask(app, client=(local, 1))).status == 200
    assert (await ask(app, client=None)).status == 400


async def test_stranger_learns_nothing_from_a_bad_request(app: FastAPI) -> None:
    length = (b"content-length", b"2")
    for target, method, chunks in (
        (b"/v1/notes?x=1", "GET", []),
        (b"/v1/notes", "POST", [b"{x"]),
        (b"/v1/notes", "POST", [b"{}"]),
        (f"/v1/notes/{NOTE_ID}".encode(), "PATCH", [b"{}"]),
        (f"/v1/notes/{NOTE_ID}".encode(), "PUT", [b""]),
        (b"/v1/notes/no-uuid", "GET", []),
    ):
        body = [JSON, length] if chunks else []
        answer = await ask(app, method, target, [HOST, *body], chunks)
        assert (answer.status, answer.problem()["code"]) == (401, "token_invalid")
