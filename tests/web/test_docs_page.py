"""The documentation page: all of it from here, and only where it is wanted."""

import re

import pytest

from app.settings import Settings
from app.web.shape import ShellSettings
from tests.web.raw import HOST, ask
from tests.web.sample import an_app

pytestmark = pytest.mark.anyio
REFERENCES = re.compile(rb'(?:href|src)="([^"]+)"')
PATHS = (b"/docs", b"/docs/start.js", b"/openapi.json")


async def test_page_asks_this_server_alone() -> None:
    app = an_app(ShellSettings(serve_docs=True))
    page = await ask(app, target=b"/docs", headers=[HOST])
    found = [each for each in REFERENCES.findall(page.body) if not each.startswith(b"data:")]
    assert found
    for path in found:
        file = await ask(app, target=path, headers=[HOST])
        assert (file.status, bool(file.body)) == (200, True)
        policy = file.header(b"content-security-policy") or b""
        assert policy.startswith(b"default-src 'none'")
        assert b"unsafe" not in policy


async def test_other_files_are_not_there() -> None:
    app = an_app(ShellSettings(serve_docs=True))
    for path in (b"/docs/", b"/docs/redoc.standalone.js", b"/docs/../secrets", b"/docs/x/y"):
        assert (await ask(app, target=path, headers=[HOST])).status == 404


async def test_without_the_setting_there_is_no_page() -> None:
    for path in PATHS:
        assert (await ask(an_app(), target=path, headers=[HOST])).status == 404


def test_production_shows_it_only_when_told_to() -> None:
    production = {"environment": "production", "mail_transport": "smtp"}
    assert Settings().serves_docs
    assert not Settings(serve_docs=False).serves_docs
    assert not Settings.model_validate(production).serves_docs
    assert Settings.model_validate({**production, "serve_docs": True}).serves_docs
