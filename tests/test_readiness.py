"""Each check of readiness turns it, is named alone, and lets it turn back."""

import asyncio
import json
from pathlib import Path
from typing import Any, cast

import pytest

from app.database import Database, DatabaseUnavailable
from app.health import Health
from app.keeping.needed_keys import NeededKeys
from app.vault import KeyRing, Vault
from app.vault.ring_keys import Purpose
from tests.clocks import SetClock
from tests.process import served
from tests.service import Patient, Service, running

pytestmark = pytest.mark.anyio


@pytest.fixture
def database_url(own_url: str) -> str:
    """One of its own: rows under other keys would keep servers from starting over a shared one."""
    return own_url


async def failing(service: Service) -> str | None:
    """The check that fails; the answer holds nothing else that could tell a stranger something."""
    answer = await service.http.get("/readyz")
    body = answer.json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert body.keys() <= {"status", "failing", "time_zones"}
    assert answer.status_code == (503 if "failing" in body else 200)
    assert body["status"] == ("not_ready" if "failing" in body else "ready")
    found: str | None = body.get("failing")
    return found


async def test_a_service_in_order_is_ready_and_names_its_time_zones(service: Service) -> None:
    assert await failing(service) is None
    zones = (await service.http.get("/readyz")).json()["time_zones"]
    assert zones >= "2023.3"


def with_other_numbers(file: Path) -> dict[str, Any]:
    ring: dict[str, Any] = json.loads(file.read_text())
    for key in ring["keys"]:
        key["number"] += 1000
    return ring


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question looks at the database again."""
    monkeypatch.setattr("app.keeping.needed_keys.LOOK_AGAIN_SECONDS", 0.0)


@pytest.mark.usefixtures("looking")
async def test_a_missing_sealing_key_turns_readiness_until_it_is_back(
    service: Service, patient: Patient, clock: SetClock, tmp_path: Path
) -> None:
    whole = json.loads(service.settings.keys_file.read_text())
    ring = with_other_numbers(service.settings.keys_file)
    async with running(service.settings.database_url, tmp_path / "other", clock) as other:
        file = other.settings.keys_file
        assert await failing(other) is None  # its own ring has the same numbers
        file.write_text(json.dumps(ring))
        await other.sign_up()  # sealing, it reads the ring again
        assert await failing(other) == "keys"
        asked = await other.http.get("/v1/profile", headers=patient.headers)
        assert (asked.status_code, asked.json()["code"]) == (500, "internal")
        whole["keys"] += ring["keys"]
        file.write_text(json.dumps(whole))
        assert await failing(other) is None
        asked = await other.http.get("/v1/profile", headers=patient.headers)
        assert asked.status_code == 200


@pytest.mark.parametrize("purpose", ["kek", "service"])
async def test_a_missing_key_is_seen_before_anybody_meets_it(
    service: Service, patient: Patient, clock: SetClock, tmp_path: Path, purpose: str
) -> None:
    ring = json.loads(service.settings.keys_file.read_text())
    for key in ring["keys"]:
        key["number"] += 1000 if key["purpose"] == purpose else 0
    (tmp_path / "other").mkdir()
    file = tmp_path / "other" / "keys.json"
    file.write_text(json.dumps(ring))
    file.chmod(0o600)
    async with running(service.settings.database_url, tmp_path / "other", clock) as other:
        assert await failing(other) == "keys"
        file.write_text(service.settings.keys_file.read_text())
        assert await failing(other) is None


class Looked:
    """A service's database that counts looks, may be away, and may be slow to answer."""

    def __init__(self, service: Service) -> None:
        self._database: Database = service.app.state.provided[Health]._database
        self._settings = service.settings
        self._clock = service.clock
        self.looks = 0
        self.away = False
        self.answers = asyncio.Event()
        self.answers.set()
        self.now = 0.0

    def needed(self) -> NeededKeys:
        """What asks it, with the service's own ring."""
        vault = Vault(KeyRing.from_file(self._settings.keys_file), self._clock)
        return NeededKeys(cast(Database, self), vault, lambda: self.now)

    async def read(self, account_id: None, work: Any) -> Any:
        self.looks += 1
        await self.answers.wait()
        if self.away:
            raise DatabaseUnavailable("away")
        return await self._database.read(account_id, work)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a look."""
    monkeypatch.setattr("app.keeping.needed_keys.LONGEST_SECONDS", 0.0)


async def ended(needed: NeededKeys) -> None:
    """Wait for the look that is under way."""
    await asyncio.wait(needed._looks.under_way())


async def test_keys_are_looked_up_once_a_minute(service: Service, patient: Patient) -> None:
    looked = Looked(service)
    needed = looked.needed()
    for at, is_away, expected in ((0.0, False, 1), (59.0, False, 1), (60.0, False, 2)):
        looked.now, looked.away = at, is_away
        assert await needed.are_there()
        assert looked.looks == expected
    current = KeyRing.from_file(service.settings.keys_file).current(Purpose.KEK)
    assert needed._needed is not None
    assert needed._needed >= {current.number}


async def test_what_was_seen_holds_while_the_database_is_away(
    service: Service, patient: Patient
) -> None:
    looked = Looked(service)
    needed = looked.needed()
    assert await needed.are_there()
    looked.away = True
    for at, expected in ((60.0, 2), (66.0, 2), (120.0, 3)):
        looked.now = at
        assert await needed.are_there()
        assert looked.looks == expected


async def test_a_first_look_that_fails_claims_nothing_and_is_repeated_soon(
    service: Service, patient: Patient
) -> None:
    looked = Looked(service)
    looked.away, needed = True, looked.needed()
    assert not await needed.are_there()
    looked.away = False
    looked.now = 4.9
    assert not await needed.are_there()
    assert looked.looks == 1
    looked.now = 5.0
    assert await needed.are_there()
    assert looked.looks == 2


@pytest.mark.usefixtures("hurried")
async def test_before_the_first_look_has_ended_nobody_is_told_ready(
    service: Service, patient: Patient
) -> None:
    looked = Looked(service)
    looked.answers.clear()
    needed = looked.needed()
    for at in (0.0, 1.0, 100.0):
        looked.now = at
        assert not await needed.are_there()
    looked.answers.set()
    await ended(needed)
    assert await needed.are_there()
    assert looked.looks == 1


@pytest.mark.usefixtures("hurried")
async def test_a_look_that_nobody_waited_for_counts_at_the_next_question(
    service: Service, patient: Patient, tmp_path: Path
) -> None:
    """The ring of these rows is another: what is found turns readiness."""
    looked = Looked(service)
    (tmp_path / "other.json").write_text(json.dumps(with_other_numbers(service.settings.keys_file)))
    (tmp_path / "other.json").chmod(0o600)
    ring = KeyRing.from_file(tmp_path / "other.json")
    needed = NeededKeys(cast(Database, looked), Vault(ring, service.clock), lambda: looked.now)
    first = asyncio.create_task(needed.are_there())
    await asyncio.sleep(0)
    first.cancel()  # whoever asked first has gone away
    with pytest.raises(asyncio.CancelledError):
        await first
    await ended(needed)
    assert not await needed.are_there()
    assert needed._needed
    assert looked.looks == 1


async def test_a_look_has_ended_before_the_database_is_closed(
    service: Service, patient: Patient
) -> None:
    looked = Looked(service)
    looked.answers.clear()
    needed = looked.needed()
    async with needed.ending():
        asking = asyncio.create_task(needed.are_there())
        while not looked.looks:
            await asyncio.sleep(0)
        asking.cancel()
    assert not needed._looks.under_way()


def test_a_server_refuses_to_start_without_a_key_in_use(own_url: str, tmp_path: Path) -> None:
    with served(own_url, tmp_path) as server, server.client() as http:
        server.sign_up(http)
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(with_other_numbers(file)))
    with pytest.raises(RuntimeError, match="ended"), served(own_url, tmp_path):
        pass
    assert "the database needs keys that the ring lacks: " in (tmp_path / "log").read_text()


async def test_a_stopping_service_says_so_first(service: Service) -> None:
    service.app.state.provided[Health].stop()
    assert await failing(service) == "stopping"
