"""What is worth a line of the log gets one, and no line says who it was about."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import anyio
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.accounts.hashing import Hasher
from app.accounts.hashing_places import RUNNING, WAITING
from app.accounts.refusals import BusyHashing
from app.audit.duty import DailyDuty
from app.telemetry import EVENTS, REFUSALS, SEAL_FAILURES, throttled
from app.vault import KeyRing, Place, SealBroken
from app.vault.envelope import open_sealed, seal
from app.vault.keyring import make_ring_file
from app.vault.private_files import replace_private
from app.vault.ring_keys import Purpose
from tests.clocks import SetClock
from tests.contract.factors import come_back
from tests.engines import open_whole
from tests.service import PASSWORD, Patient, Service
from tests.sharing.links import ask_for, share
from tests.telemetry.conftest import MARKS, Lines
from tests.web.listening import a_server

pytestmark = pytest.mark.anyio
DEVICE = {"name": "Tablet", "platform": "test"}


def named(lines: Lines, *events: str) -> list[dict[str, Any]]:
    return [line for line in lines() if line["event"] in events]


async def sign_in(service: Service, patient: Patient, password: str) -> None:
    body = {"method": "password", "email": patient.email, "password": password, "device": DEVICE}
    await service.http.post("/v1/tokens", json=body)


async def test_sign_ins_are_told_with_marks_and_without_names(
    service: Service, patient: Patient, lines: Lines
) -> None:
    await sign_in(service, patient, PASSWORD)
    await sign_in(service, patient, "not the right one at all")
    good, refused = named(lines, "sign_in", "sign_in.refused")
    assert (good["level"], good["action"]) == ("info", "password")
    assert len(good["account"]) == len(good["device"]) == 16
    assert (refused["level"], refused["problem"]) == ("warning", "credentials_refused")
    assert good["request_id"] != refused["request_id"]
    everything = json.dumps(lines())
    assert patient.email not in everything
    assert patient.tokens["device"]["id"] not in everything
    assert patient.tokens["account_id"] not in everything


async def test_new_accounts_and_those_that_came_back_are_told(
    service: Service, lines: Lines
) -> None:
    await come_back(service)
    made, back = named(lines, "account.created", "account.recovered")
    assert (made["event"], back["event"]) == ("account.created", "account.recovered")
    assert made["account"] == back["account"]
    assert made["device"] != back["device"]
    assert (made["action"], back["action"]) == ("code", "code")


async def test_proofs_are_told(patient: Patient, lines: Lines) -> None:
    await patient.step_up()
    wrong = {"method": "password", "password": "not the right one at all"}
    await patient.ask("POST", "/v1/step-up", json=wrong)
    good, refused = named(lines, "step_up", "step_up.refused")
    assert good["device"] == refused["device"] == MARKS(patient.tokens["device"]["id"])
    assert good["action"] == refused["action"] == "password"


async def test_a_copied_refresh_token_is_told(
    patient: Patient, clock: SetClock, lines: Lines
) -> None:
    stolen = {"refresh_token": patient.tokens["refresh_token"]}
    await patient.refresh()
    assert (await patient.ask("GET", "/v1/profile")).status_code == 200
    clock.now += timedelta(minutes=1)
    assert (await patient.http.post("/v1/tokens/refresh", json=stolen)).status_code == 401
    (told,) = named(lines, "refresh_replayed")
    assert told["level"] == "warning"
    assert told["device"] == MARKS(patient.tokens["device"]["id"])


async def test_a_burnt_passcode_is_told_once(
    service: Service, patient: Patient, lines: Lines
) -> None:
    link = await share(patient)
    for number in range(9):
        await ask_for(service, link, f"WRONG{number:03}")
    assert named(lines, "passcode.burnt") == []
    for _ in range(2):
        await ask_for(service, link, "WRONG009")
    (told,) = named(lines, "passcode.burnt")
    assert told["level"] == "warning"
    assert len(told["account"]) == 16
    assert link.token not in json.dumps(lines())


async def test_a_limit_that_turns_somebody_away_is_told_and_counted(lines: Lines) -> None:
    before = REFUSALS.counts.get(("sign_in.address",), 0)
    throttled("sign_in.address")
    (told,) = lines()
    assert (told["event"], told["level"], told["bucket"]) == (
        "throttled",
        "warning",
        "sign_in.address",
    )
    assert REFUSALS.counts["sign_in.address",] == before + 1


async def test_a_crowd_that_wants_hashes_is_told(lines: Lines) -> None:
    hasher = Hasher(time_cost=8)
    crowd = [hasher.hash("secret") for _ in range(RUNNING + WAITING + 2)]
    answers = await asyncio.gather(*crowd, return_exceptions=True)
    assert hasher.held() == 0
    hasher.close()
    assert sum(isinstance(answer, BusyHashing) for answer in answers) == 2
    assert [line["bucket"] for line in named(lines, "throttled")] == ["hashing"] * 2


def test_a_broken_seal_is_told_and_counted(lines: Lines) -> None:
    cipher, place = AESGCM(b"k" * 32), Place("entry", "content", uuid4(), "row")
    sealed = bytearray(seal(cipher, 1, place, b"text"))
    sealed[-1] ^= 1
    before = SEAL_FAILURES.counts.get(("entry",), 0)
    with pytest.raises(SealBroken):
        open_sealed(cipher, place, bytes(sealed))
    assert SEAL_FAILURES.counts["entry",] == before + 1
    (told,) = lines()
    assert (told["event"], told["level"], told["action"]) == ("seal.broken", "error", "entry")


def test_a_ring_that_a_running_server_cannot_use_is_told_once_for_each_change(
    lines: Lines, tmp_path: Path
) -> None:
    path = tmp_path / "keys.json"
    make_ring_file(path)
    ring, whole = KeyRing.from_file(path), path.read_text()
    replace_private(path, whole)
    assert ring.current(Purpose.KEK).number == 1
    assert lines() == []
    replace_private(path, whole)
    path.chmod(0o644)
    for _ in range(3):
        assert ring.current(Purpose.KEK).number == 1
        assert ring.lacking([5]) == {5}
    replace_private(path, '{"keys": ["x"]}')
    for _ in range(3):
        assert ring.current(Purpose.KEK).number == 1
    readable, unread = named(lines, "ring.refused")
    assert (readable["level"], "chmod 600" in readable["value"]) == ("error", True)
    assert unread["value"] == "the key ring cannot be read"
    path.unlink()
    assert ring.current(Purpose.KEK).number == 1
    replace_private(path, whole)
    assert ring.current(Purpose.KEK).number == 1
    assert len(lines()) == 3


async def test_a_daily_duty_that_fails_is_told_by_its_name_and_never_by_a_text(
    lines: Lines, service: Service, monkeypatch: pytest.MonkeyPatch, clock: SetClock
) -> None:
    async def failing() -> None:
        raise OSError("/secret/path")

    monkeypatch.setattr("app.audit.duty.LOOK_SECONDS", 0.01)
    async with open_whole(service.settings.database_url) as database:
        duty = DailyDuty(database, clock, f"a duty {uuid4().hex[:8]}", failing)
        async with duty.running():
            with anyio.fail_after(20):
                while not named(lines, "duty.failed"):
                    await anyio.sleep(0.01)
    (told,) = named(lines, "duty.failed")
    assert (told["level"], told["action"]) == ("warning", duty._name)
    assert told["exception"] == "builtins.OSError"
    assert told["place"].startswith("app.audit.duty:")
    assert "secret" not in json.dumps(lines())


async def test_what_the_connection_refuses_is_told(lines: Lines) -> None:
    async with a_server() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"nonsense\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 400")
        writer.close()
    (told,) = named(lines, "connection.refused")
    assert (told["status"], told["problem"]) == (400, "bad_request")


def test_without_a_log_events_go_nowhere() -> None:
    EVENTS.detach()
    EVENTS("sign_in", account=uuid4(), path="/not/allowed")


def test_a_member_that_is_not_listed_is_a_mistake(lines: Lines) -> None:
    with pytest.raises(ValueError, match="not on the list"):
        EVENTS("sign_in", email="robin@example.org")
    assert lines() == []


async def test_a_ledger_that_is_gone_is_told_once_each_time(service: Service, lines: Lines) -> None:
    patient = await service.sign_up()
    await patient.step_up()
    assert (await patient.ask("DELETE", "/v1/account")).status_code == 204
    ledger = service.settings.erasure_ledger
    for times in (1, 2):
        away = ledger.rename(ledger.with_name("elsewhere"))
        for _ in range(3):
            assert (await service.http.get("/readyz")).status_code == 503
        told = named(lines, "ledger.broken")
        assert [each["value"] for each in told] == ["the ledger of erasures is gone"] * times
        away.rename(ledger)
        assert (await service.http.get("/readyz")).status_code == 200
