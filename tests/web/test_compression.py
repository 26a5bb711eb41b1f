"""gzip for large JSON, for clients that take it."""

import gzip

import pytest
from fastapi import FastAPI

from app.web.shape import ShellSettings
from tests.web.raw import BEARER, HOST, Answer, ask
from tests.web.sample import an_app

pytestmark = pytest.mark.anyio


@pytest.fixture
def app() -> FastAPI:
    """The sample app with a reader's side."""
    return an_app(ShellSettings(reader_prefixes=["/shl/"]))


async def got(app: FastAPI, accepted: bytes, target: bytes = b"/v1/notes?limit=200") -> Answer:
    """A list that is large, asked by a client that takes `accepted`."""
    return await ask(app, target=target, headers=[HOST, BEARER, (b"accept-encoding", accepted)])


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
