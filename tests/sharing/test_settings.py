"""What an operator may decide about links: the page's own host, and whether SNOMED is used."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings
from app.sharing.fhir.codes import SNOMED
from app.sharing.origins import Origins
from app.sharing.viewer_page import ViewerPage
from tests.clocks import SetClock
from tests.service import an_entry, running
from tests.sharing.links import opened, share
from tests.sharing.r4 import complaints, nodes

pytestmark = pytest.mark.anyio
PAGE = '<!doctype html><meta name="afterglow-origin" content="" /><title>Page</title>'


async def test_without_snomed_the_texts_stay_and_the_codes_go(
    database_url: str, tmp_path: Path, clock: SetClock
) -> None:
    texts = {}
    for snomed in (True, False):
        folder = tmp_path / str(snomed)
        folder.mkdir()
        async with running(database_url, folder, clock, snomed=snomed) as service:
            patient = await service.sign_up()
            await patient.save(an_entry("anxiety"))
            await patient.save(an_entry("session", dose_mg=40))
            bundle = await opened(service, await share(patient))
            assert complaints(bundle) == []
            systems = [value for _, name, value in nodes(bundle) if name == "system"]
            assert (SNOMED in systems) is snomed
            texts[snomed] = sorted({value for _, name, value in nodes(bundle) if name == "text"})
    assert texts[True] == texts[False]


async def test_a_page_on_a_host_of_its_own_is_linked_and_asks_the_public_one(
    database_url: str, tmp_path: Path, clock: SetClock
) -> None:
    viewer = "https://view.example"
    async with running(database_url, tmp_path, clock, viewer_url=viewer) as service:
        link = await share(await service.sign_up())
        assert link.share["link"].startswith("https://view.example/view#shlink:/")
        assert link.payload["url"].startswith("http://afterglow.test/shl/")
        policy = (await service.http.get("/view")).headers["content-security-policy"]
        assert "connect-src http://afterglow.test;" in policy


def test_the_page_is_told_whose_links_it_opens_only_where_it_must(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(PAGE)
    here = ViewerPage(Origins(links="https://api.example"), tmp_path).page()
    assert bytes(here.body).decode() == PAGE
    apart = Origins(links="https://api.example", viewer="https://view.example")
    told = bytes(ViewerPage(apart, tmp_path).page().body).decode()
    assert re.findall('content="(.*?)"', told) == ["https://api.example"]
    (tmp_path / "index.html").write_text("<!doctype html>")
    with pytest.raises(ValueError, match="no place"):
        ViewerPage(apart, tmp_path)


@pytest.mark.parametrize("url", ["view.example", "ftp://view.example", "https://view.example/x"])
def test_a_viewer_that_is_no_origin_is_refused_at_start(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(viewer_url=url)
    assert Settings(viewer_url="https://view.example").viewer_url == "https://view.example"
