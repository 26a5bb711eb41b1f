"""The clinician's page: its headers word for word, its files, and what is said without it."""

from pathlib import Path

import pytest

from app.sharing.origins import Origins
from app.sharing.viewer_page import ViewerPage
from tests.service import Service

pytestmark = pytest.mark.anyio
HERE = Origins(links="http://afterglow.test")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src http://afterglow.test; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "x-robots-tag": "noindex",
}


@pytest.fixture
def built(service: Service, tmp_path: Path) -> Path:
    """A small build in place of whatever lies in the house."""
    folder = tmp_path / "built"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Page</title>")
    (folder / "assets" / "index-B4g.js").write_text("export {}")
    (folder / "assets" / "index-B4g.css").write_text("body {}")
    service.app.state.provided[ViewerPage] = ViewerPage(HERE, folder)
    return folder


async def test_the_page_comes_under_its_headers(service: Service, built: Path) -> None:
    answer = await service.http.get("/view")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.text == (built / "index.html").read_text()
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert answer.headers.get_list("content-security-policy") == [POLICY]
    allowed = answer.headers["permissions-policy"].split(", ")
    assert len(allowed) > 20
    assert {each.partition("=")[2] for each in allowed} == {"()"}
    assert "access-control-allow-origin" not in answer.headers
    assert "set-cookie" not in answer.headers


async def test_https_is_remembered_for_the_page_too(service: Service, built: Path) -> None:
    answer = await service.http.get("https://afterglow.test/view")
    assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_whatever_messengers_append_does_no_harm(service: Service, built: Path) -> None:
    assert (await service.http.get("/view?fbclid=1&utm_source=x")).status_code == 200


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("index-B4g.js", "text/javascript; charset=utf-8"),
        ("index-B4g.css", "text/css; charset=utf-8"),
    ],
)
async def test_hashed_files_may_be_kept(
    service: Service, built: Path, name: str, media_type: str
) -> None:
    answer = await service.http.get(f"/view/assets/{name}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.text == (built / "assets" / name).read_text()


@pytest.mark.parametrize("path", ["index.html", "..%2Findex.html", "%2e%2e/index.html", "none.js"])
async def test_nothing_else_of_the_disk_is_served(service: Service, built: Path, path: str) -> None:
    assert (await service.http.get(f"/view/assets/{path}")).status_code == 404


async def test_other_methods_do_not_fit(service: Service, built: Path) -> None:
    answer = await service.http.post("/view")
    assert answer.status_code == 405
    assert (await service.http.head("/view")).status_code == 200


async def test_a_page_that_was_not_built_is_said_in_plain_words(
    service: Service, tmp_path: Path
) -> None:
    service.app.state.provided[ViewerPage] = ViewerPage(HERE, tmp_path / "none")
    answer = await service.http.get("/view")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "has not been built" in answer.text
    assert (await service.http.get("/view/assets/index.js")).status_code == 404


async def test_only_the_origin_of_links_may_be_asked(tmp_path: Path) -> None:
    page = ViewerPage(Origins(links="https://share.example:8443"), tmp_path).page()
    assert "connect-src https://share.example:8443;" in page.headers["content-security-policy"]


async def test_the_page_is_not_in_the_openapi_file(service: Service) -> None:
    paths = service.app.openapi()["paths"]
    assert not [path for path in paths if path.startswith("/view")]
    assert {"/shl/{token}", "/shl/files/{ticket}", "/v1/shares"} <= paths.keys()
