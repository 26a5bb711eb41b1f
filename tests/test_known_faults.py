"""What is asked of the list of known faults, and when it fails whoever asks."""

import json
import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests import known_faults
from tests.known_faults import DAYS, JUDGED, LIST, main, packages

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 6, 1, tzinfo=UTC)
NUMBER = "GHSA-aaaa-bbbb-cccc"


class FaultList:
    """Stands in for the list: one fault of one package, and what was asked."""

    def __init__(self, package: str, age: timedelta, **more: str) -> None:
        self.package, self.asked = package, list[str]()
        published = (NOW - age).isoformat().replace("+00:00", "Z")
        self.fault = {"id": NUMBER, "published": published, **more}
        self.status, self.page = 200, dict[str, str]()

    def answer(self, request: httpx.Request) -> httpx.Response:
        assert str(request.url).startswith(LIST)
        if request.method == "GET":
            return httpx.Response(self.status, json=self.fault)
        queries = json.loads(request.content)["queries"]
        self.asked = [each["package"]["name"] for each in queries]
        vulns = {"vulns": [{"id": NUMBER, "modified": "2026-05-01T00:00:00Z"}], **self.page}
        results = [vulns if name == self.package else {} for name in self.asked]
        return httpx.Response(self.status, json={"results": results})

    def run(self) -> int:
        with httpx.Client(transport=httpx.MockTransport(self.answer)) as http:
            return main(http, NOW)


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of its own for what was judged."""
    path = tmp_path / "known-faults.toml"
    path.write_text("")
    monkeypatch.setattr(known_faults, "JUDGED", path)
    return path


def test_every_package_of_the_service_and_of_the_page_is_asked_about(judged: Path) -> None:
    listed = FaultList("none", timedelta())
    assert listed.run() == 0
    lock = (ROOT / "requirements/runtime.lock").read_text()
    assert set(re.findall(r"^([\w.\-]+)==", lock, re.MULTILINE)) <= set(listed.asked)
    page = json.loads((ROOT / "viewer/package-lock.json").read_text())["packages"]
    assert len(page) > 1
    assert {name.rpartition("node_modules/")[2] for name in page if name} <= set(listed.asked)
    assert all(each.version[0].isdigit() for each in packages())


@pytest.mark.parametrize("reach", DAYS)
def test_a_fault_is_overdue_when_its_time_is_over(
    judged: Path, capsys: pytest.CaptureFixture[str], reach: str
) -> None:
    judged.write_text(f'[{NUMBER}]\nreach = "{reach}"\nwhy = "looked at"\n')
    assert FaultList("uvicorn", timedelta(days=DAYS[reach])).run() == 0
    assert f"{NUMBER} uvicorn" in capsys.readouterr().out
    assert FaultList("uvicorn", timedelta(days=DAYS[reach] + 1)).run() == 1
    assert "OVERDUE" in capsys.readouterr().out


def test_what_nobody_has_judged_has_the_shortest_time(judged: Path) -> None:
    assert FaultList("uvicorn", timedelta(days=2)).run() == 0
    assert FaultList("uvicorn", timedelta(days=3)).run() == 1


def test_a_fault_that_was_withdrawn_is_none(judged: Path) -> None:
    assert FaultList("uvicorn", timedelta(days=90), withdrawn="2026-05-01T00:00:00Z").run() == 0


def test_a_list_that_is_away_or_tells_a_part_is_no_good_news(judged: Path) -> None:
    away, part = (FaultList("uvicorn", timedelta()) for _ in range(2))
    away.status, part.page = 503, {"next_page_token": "more"}
    assert (away.run(), part.run()) == (2, 2)


def test_the_times_are_those_of_the_threat_model() -> None:
    text = " ".join((ROOT / "docs/threat-model.md").read_text(encoding="utf-8").split())
    promised = re.search(r"known: (\d+) days when .*?, (\d+) days when .*?, (\d+) days else", text)
    assert promised
    assert tuple(map(int, promised.groups())) == tuple(DAYS.values())


def test_what_was_judged_says_why() -> None:
    for fault in tomllib.loads(JUDGED.read_text(encoding="utf-8")).values():
        assert fault["reach"] in DAYS
        assert fault["why"].strip()


def test_the_list_is_asked_every_day() -> None:
    assert "make known-faults" in (ROOT / ".ci/daily").read_text(encoding="utf-8")
    assert "-m tests.known_faults" in (ROOT / "Makefile").read_text(encoding="utf-8")
