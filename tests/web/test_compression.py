"""gzip for large JSON, for clients that take it, and what tells caches of it."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncGenerator, Sequence

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web import compression
from app.web.answers import json_answer
from app.web.compression import CompressedAnswers, packed_stream
from app.web.exchange import EXCHANGE, Exchange
from app.web.shape import ShellSettings
from tests.web.raw import BEARER, HOST, Answer, Headers, ask
from tests.web.sample import NOTE_ID, an_app

pytestmark = pytest.mark.anyio


@pytest.fixture
def app() -> FastAPI:
    """The sample app with a reader's side and its own documentation."""
    return an_app(ShellSettings(reader_prefixes=["/shl/"], serve_docs=True))


async def got(
    app: FastAPI,
    accepted: bytes,
    target: bytes = b"/v1/notes?limit=200",
    more: Headers = (),
) -> Answer:
    """A list that is large, asked by a client that takes `accepted`."""
    head = [HOST, BEARER, (b"accept-encoding", accepted), *more]
    return await ask(app, target=target, headers=head)


@pytest.mark.parametrize("accepted", [b"gzip", b"br, gzip;q=0.5", b"GZIP", b"deflate, gzip"])
async def test_large_json_is_compressed(app: FastAPI, accepted: bytes) -> None:
    plain, packed = await ask(app, target=b"/v1/notes?limit=200"), await got(app, accepted)
    assert packed.header(b"content-encoding") == b"gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.header(b"content-length") == str(len(packed.body)).encode()
    assert packed.header(b"vary") == b"Accept-Encoding"
    assert len(packed.body) < len(plain.body) / 4


@pytest.mark.parametrize("accepted", [b"", b"br", b"gzip;q=0", b"gzip;q=0.0", b"xgzip"])
async def test_client_that_takes_no_gzip_gets_none(app: FastAPI, accepted: bytes) -> None:
    answer = await got(app, accepted)
    assert answer.header(b"content-encoding") is None
    assert answer.body.startswith(b"{")


async def test_small_answers_and_the_reader_side_stay_plain(app: FastAPI) -> None:
    for target in (b"/v1/greeting", b"/shl/alive", b"/nowhere"):
        assert (await got(app, b"gzip", target)).header(b"content-encoding") is None


async def test_fault_before_the_first_byte_is_still_told(app: FastAPI) -> None:
    assert (await got(app, b"gzip", b"/v1/crash")).problem()["code"] == "internal"


@pytest.mark.parametrize("accepted", [b"gzip", b"identity", b"gzip;q=0"])
async def test_what_may_be_compressed_says_so_in_either_form(app: FastAPI, accepted: bytes) -> None:
    for target in (b"/v1/notes?limit=200", b"/v1/notes?limit=1", b"/v1/greeting", b"/openapi.json"):
        assert (await got(app, accepted, target)).header(b"vary") == b"Accept-Encoding"
    for target in (f"/v1/notes/{NOTE_ID}".encode(), b"/docs", b"/docs/start.js", b"/nowhere"):
        assert (await got(app, accepted, target)).header(b"vary") is None


async def test_a_tag_is_of_one_form_and_304_says_what_the_page_said(app: FastAPI) -> None:
    forms = {accepted: await got(app, accepted) for accepted in (b"gzip", b"identity")}
    tags = {accepted: answer.header(b"etag") or b"" for accepted, answer in forms.items()}
    assert len(set(tags.values())) == 2
    for accepted, tag in tags.items():
        assert tag.startswith(b'"')  # a strong one
        for known in (tag, b"W/" + tag):
            unchanged = await got(app, accepted, more=[(b"if-none-match", known)])
            assert (unchanged.status, unchanged.body) == (304, b"")
            for name in (b"etag", b"vary", b"cache-control"):
                assert unchanged.header(name) == forms[accepted].header(name)
        (other,) = (each for each in tags if each != accepted)
        assert (await got(app, other, more=[(b"if-none-match", tag)])).status == 200


async def test_a_revision_is_the_tag_of_what_is_sent_as_it_is() -> None:
    for headers, packed in (({"ETag": '"417"'}, False), ({}, True)):
        compressed = CompressedAnswers(json_answer(b"1" * 2000, headers=headers))

        async def app(
            scope: Scope, receive: Receive, send: Send, inner: ASGIApp = compressed
        ) -> None:
            scope[EXCHANGE] = Exchange(head={b"accept-encoding": b"gzip"})
            await inner(scope, receive, send)

        answer = await ask(app)
        assert (answer.header(b"content-encoding") is not None) is packed
        assert (answer.header(b"vary") is not None) is packed


async def in_turn(portions: Sequence[bytes], ended: asyncio.Event) -> AsyncGenerator[bytes]:
    """Portions of an answer, and whether nobody reads them any more."""
    try:
        for portion in portions:
            yield portion
    finally:
        ended.set()


@given(st.lists(st.binary(max_size=300).map(lambda some: some * 200), max_size=8))
def test_portions_are_one_gzip(portions: list[bytes]) -> None:
    async def coded() -> bytes:
        return b"".join([each async for each in packed_stream(in_turn(portions, asyncio.Event()))])

    assert gzip.decompress(asyncio.run(coded())) == b"".join(portions)


async def test_of_what_comes_slowly_each_portion_leaves_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compression, "SILENT_SECONDS", 0.0)
    portions, reader = [b"a" * 1000, b"b" * 1000, b"c" * 1000], zlib.decompressobj(wbits=31)
    read = []
    async for each in packed_stream(in_turn(portions, asyncio.Event())):
        read.append(reader.decompress(each))
    # What leaves with the first is the head of a gzip alone.
    assert [each for each in read if each] == [portions[0] + portions[1], portions[2]]


async def test_portions_are_let_go_of_when_their_reader_leaves() -> None:
    ended = asyncio.Event()
    coded = packed_stream(in_turn([b"a", b"b"], ended))
    await anext(coded)
    assert not ended.is_set()
    await coded.aclose()
    assert ended.is_set()
