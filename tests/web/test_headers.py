"""The headers of every answer, on the patient's side and on the reader's."""

import pytest
from fastapi import FastAPI

from app.web.shape import ShellSettings
from tests.web.raw import BEARER, HOST, Answer, ask
from tests.web.sample import an_app

pytestmark = pytest.mark.anyio

APP_ORIGIN = (b"origin", b"https://app.example")
ASKS = (b"access-control-request-method", b"POST")


@pytest.fixture
def app() -> FastAPI:
    """The sample app with a reader's side and one origin."""
    settings = ShellSettings(cors_origins=["https://app.example"], reader_prefixes=["/shl/"])
    return an_app(settings)


TARGETS = (b"/v1/greeting", b"/nowhere", b"/v1/crash", b"/v1/notes?x=1", b"/%", b"/shl/alive")


@pytest.mark.parametrize("target", TARGETS)
async def test_every_answer_is_closed_down(app: FastAPI, target: bytes) -> None:
    answer = await ask(app, target=target)
    assert answer.header(b"x-content-type-options") == b"nosniff"
    assert answer.header(b"referrer-policy") == b"no-referrer"
    csp = answer.header(b"content-security-policy")
    assert csp == b"default-src 'none'; frame-ancestors 'none'"
    assert answer.header(b"cache-control") == b"no-store"
    assert answer.header(b"x-request-id")
    assert answer.header(b"strict-transport-security") is None
    assert answer.header(b"server") is None
    assert answer.header(b"set-cookie") is None
    whose = b"cross-origin" if target.startswith(b"/shl/") else b"same-origin"
    assert answer.header(b"cross-origin-resource-policy") == whose


async def test_https_is_remembered(app: FastAPI) -> None:
    answer = await ask(app, scheme="https")
    hsts = answer.header(b"strict-transport-security")
    assert hsts == b"max-age=31536000; includeSubDomains"


async def preflight(app: FastAPI, target: bytes, *headers: tuple[bytes, bytes]) -> Answer:
    """A browser's question beforehand."""
    return await ask(app, "OPTIONS", target, [HOST, *headers])


async def test_listed_origin_may_call_the_patient_side(app: FastAPI) -> None:
    answer = await preflight(app, b"/v1/notes", APP_ORIGIN, ASKS)
    assert answer.status == 204
    assert answer.header(b"access-control-allow-origin") == b"https://app.example"
    assert b"PATCH" in (answer.header(b"access-control-allow-methods") or b"")
    assert b"if-match" in (answer.header(b"access-control-allow-headers") or b"")
    called = await ask(app, headers=[HOST, BEARER, APP_ORIGIN])
    assert called.header(b"access-control-allow-origin") == b"https://app.example"
    assert b"ETag" in (called.header(b"access-control-expose-headers") or b"")
    varies = [value for name, value in called.headers if name == b"vary"]
    assert varies == [b"Accept-Encoding", b"Origin"]
    assert called.header(b"access-control-allow-credentials") is None


async def test_other_origins_are_told_nothing(app: FastAPI) -> None:
    for origin in (b"https://evil.example", b"null", b"https://app.example.evil", b""):
        answer = await preflight(app, b"/v1/notes", (b"origin", origin), ASKS)
        assert answer.status == 405
        assert answer.header(b"access-control-allow-origin") is None
        called = await ask(app, headers=[HOST, BEARER, (b"origin", origin)])
        assert (called.status, called.header(b"access-control-allow-origin")) == (200, None)


async def test_no_origin_is_listed_by_default() -> None:
    answer = await preflight(an_app(), b"/v1/notes", APP_ORIGIN, ASKS)
    assert answer.status == 405
    assert answer.header(b"access-control-allow-origin") is None


@pytest.mark.parametrize("target", [b"/shl/alive", b"/shl/dead", b"/shl/passcode", b"/shl/a/b/c"])
async def test_reader_side_is_open_to_every_origin(app: FastAPI, target: bytes) -> None:
    for answer in (
        await ask(app, target=target, headers=[HOST]),
        await ask(app, "PUT", target, [HOST]),
        await ask(app, "POST", target, [HOST, (b"content-length", b"9999999")]),
        await preflight(app, target, (b"origin", b"https://anyone.example"), ASKS),
    ):
        assert answer.header(b"access-control-allow-origin") == b"*"
        assert answer.header(b"access-control-expose-headers") == b"Retry-After"
        assert answer.header(b"access-control-allow-credentials") is None
        assert answer.header(b"cache-control") == b"no-store"


async def test_reader_preflight_allows_what_the_reader_needs(app: FastAPI) -> None:
    answer = await preflight(app, b"/shl/dead", (b"origin", b"https://anyone.example"), ASKS)
    assert answer.status == 204
    assert answer.header(b"access-control-allow-methods") == b"GET, POST"
    assert answer.header(b"access-control-allow-headers") == b"content-type"


async def test_route_may_refuse_a_method_for_this_path_alone(app: FastAPI) -> None:
    answer = await ask(app, target=b"/shl/passcode", headers=[HOST])
    assert (answer.status, answer.header(b"allow")) == (405, b"POST, OPTIONS")
