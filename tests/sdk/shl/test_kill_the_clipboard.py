"""A reader that knows nothing of Afterglow opens every kind of link, and no dead one."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.told import fresh_server
from tests.engines import ENGINES
from tests.node import installed, tool
from tests.process import RunningService
from tests.service import PASSWORD, an_entry
from tests.sharing.links import a_draft
from tests.sharing.r4 import complaints

HERE = Path(__file__).parent
# What an answer holds is for the test to say.
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """A running service, and a patient of it."""

    http: httpx.Client

    def save(self, kind: str, **members: Any) -> None:
        """An entry of this moment."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        entry = an_entry(kind, occurred_at=now, time_zone="UTC", **members)
        assert self.http.post("/v1/entries", json=entry).status_code == 201

    def share(self, **members: Any) -> Json:
        """A new link."""
        proof = {"method": "password", "password": PASSWORD}
        assert self.http.post("/v1/step-up", json=proof).status_code == 200
        today = datetime.now(UTC).date()
        days = {"from": str(today - timedelta(days=30)), "to": str(today + timedelta(days=1))}
        made = self.http.post("/v1/shares", json=a_draft(days, **members))
        assert made.status_code == 201, made.text
        share: Json = made.json()
        return share


@pytest.fixture(scope="module", params=ENGINES)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    """The service in a process of its own, on each engine in turn."""
    with fresh_server(tmp_path_factory.mktemp("served"), engine=request.param) as running:
        yield running


@pytest.fixture
def desk(server: RunningService) -> Iterator[Desk]:
    """A new patient of it."""
    with server.client() as http:
        http.headers["Authorization"] = f"Bearer {server.sign_up(http)}"
        yield Desk(http)


def asked(share: Json, **reader: Any) -> Json:
    """A request to the reader: a link, its passcode, and what else is to be said."""
    passcode = {"passcode": share["passcode"]} if "passcode" in share else {}
    return {"link": share["link"], "recipient": "Dr Lee", **passcode, **reader}


def read(*requests: Json) -> list[Json]:
    """What the reader makes of some links, one after the other."""
    installed(HERE)
    done = subprocess.run(
        [tool("node"), "read.js"],
        cwd=HERE,
        input=json.dumps(requests),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answers: list[Json] = json.loads(done.stdout)
    return answers


def sound(answer: Json) -> Json:
    """The Bundle that was read."""
    assert "refused" not in answer, answer
    (bundle,) = answer["resources"]
    assert complaints(bundle) == []
    found: Json = bundle
    return found


def values(bundle: Json) -> list[float]:
    """The scores of the moods, sorted: they may be of one second."""
    observations = [
        entry["resource"] for entry in bundle["entry"] if "valueQuantity" in entry["resource"]
    ]
    return sorted(each["valueQuantity"]["value"] for each in observations)


def test_an_independent_reader_opens_every_kind_of_link(desk: Desk) -> None:
    desk.save("mood", score=4)
    snapshot, live = desk.share(label="For Monday"), desk.share(mode="live")
    direct = desk.share(kind="direct")
    desk.save("mood", score=9)
    bare = {**snapshot, "link": snapshot["link"].partition("#")[2]}
    frozen, current, shown, located = read(
        asked(snapshot), asked(live), asked(direct), asked(bare, embeddedLengthMax=0)
    )

    assert (frozen["label"], frozen["manifest"]["status"]) == ("For Monday", "finalized")
    assert (frozen["passcode"], frozen["live"], frozen["direct"]) == (True, False, False)
    assert frozen["expires"][:19] == snapshot["expires_at"][:19]
    assert values(sound(frozen)) == [4]
    assert (current["live"], current["manifest"]["status"]) == (True, "can-change")
    assert values(sound(current)) == [4, 9]
    assert (shown["passcode"], shown["direct"]) == (False, True)
    assert values(sound(shown)) == [4]
    assert "location" in located["manifest"]["files"][0]
    assert values(sound(located)) == [4]


def test_an_independent_reader_opens_no_dead_link(desk: Desk) -> None:
    link, direct = desk.share(), desk.share(kind="direct", max_openings=1)
    wrong, right, first, second = read(
        asked(link, passcode="WRONG234"), asked(link), asked(direct), asked(direct)
    )
    assert wrong["refused"] == "SHLInvalidPasscodeError"
    assert sound(right)
    assert sound(first)
    assert second["refused"] == "SHLNetworkError"
    assert desk.http.delete("/v1/shares").status_code == 204
    refused = [each["refused"] for each in read(asked(link), asked(direct))]
    assert refused == ["SHLManifestNotFoundError", "SHLNetworkError"]


def test_an_independent_reader_is_locked_out_after_ten_wrong_passcodes(desk: Desk) -> None:
    link = desk.share()
    guesses = [asked(link, passcode=f"WRONG{number:03}") for number in range(11)]
    refused = [each["refused"] for each in read(*guesses, asked(link))]
    assert refused == ["SHLInvalidPasscodeError"] * 10 + ["SHLManifestNotFoundError"] * 2
