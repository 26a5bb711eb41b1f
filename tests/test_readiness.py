"""Each check of readiness turns it, is named alone, and lets it turn back."""

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


async def test_keys_are_looked_up_once_a_minute_and_not_while_the_database_is_away(
    service: Service, patient: Patient
) -> None:
    database: Any = service.app.state.provided[Health]._database
    now, looks, away = [0.0], [0], [False]

    class Counting:
        async def read(self, account_id: None, work: Any) -> Any:
            looks[0] += 1
            if away[0]:
                raise DatabaseUnavailable("away")
            return await database.read(account_id, work)

    lacking = KeyRing.from_file(service.settings.keys_file)
    vault = Vault(lacking, service.clock)
    needed = NeededKeys(cast(Database, Counting()), vault, lambda: now[0])
    for at, is_away, expected in (
        (0.0, True, 1),
        (59.0, False, 1),
        (60.0, False, 2),
        (61, True, 2),
    ):
        now[0], away[0] = at, is_away
        assert await needed.are_there()
        assert looks[0] == expected
    assert needed._needed >= {lacking.current(Purpose.KEK).number}


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
