"""What the ledger says is carried out: after a crash, a refusal, a restore, beside the service."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.audit import Actor
from app.database import Database, DatabaseOverloaded, DatabaseUnavailable
from app.health import Health
from app.portability.erasure import Erasure
from app.portability.ledger import Erased, ErasureLedger, LedgerBroken
from tests.clocks import SetClock
from tests.portability.lives import STAYS, account_of, erase, eraser, left_of, live
from tests.service import Patient, Service, settled
from tests.waiting import PATIENCE_SECONDS, until

pytestmark = pytest.mark.anyio


async def test_a_line_not_carried_out_is_carried_out_before_readiness(
    service: Service, patient: Patient, database: Database, clock: SetClock, tmp_path: Path
) -> None:
    await live(service, patient)
    account = await account_of(service, patient)
    ledger = ErasureLedger(service.settings.erasure_ledger)
    ledger.append(Erased(account, clock()))  # then the machine lost its power
    ledger.append(Erased(uuid4(), clock()))  # of an account that this database never had
    erasure = Erasure(eraser(service)._workshop, ledger, eraser(service)._forgetters)
    health = Health(database, "", {"erasures": erasure.is_replayed})
    assert await health.undone() is None
    assert set(await left_of(database, account)) == STAYS
    assert await erasure.replay() == 0


async def test_readiness_names_the_ledger_while_it_cannot_be_carried_out(
    service: Service, patient: Patient
) -> None:
    ledger = service.settings.erasure_ledger
    ledger.write_text("no line of a ledger\n")
    erasure = eraser(service)
    erasure._replayed_at = None
    answer = await service.http.get("/readyz")
    assert (answer.status_code, answer.json()["failing"]) == (503, "erasures")
    ledger.write_text("")
    assert (await service.http.get("/readyz")).status_code == 200


async def test_what_the_database_refuses_is_carried_out_soon_and_told(
    service: Service, patient: Patient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line is written: whoever was told 503 learns of the end by mail, and not weeks later."""
    account, erasure = await account_of(service, patient), eraser(service)
    carry_out = erasure._carry_out
    refusals = iter([DatabaseOverloaded("a writer is busy")])

    async def refused_once(line: Erased, actor: Actor) -> None:
        for refusal in refusals:
            raise refusal
        await carry_out(line, actor)

    monkeypatch.setattr(erasure, "_carry_out", refused_once)
    answer = await erase(patient)
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    assert erasure._replayed_at is None
    monkeypatch.setattr("app.portability.erasure.LOOK_SECONDS", 0.01)
    async with erasure.replaying(), asyncio.timeout(PATIENCE_SECONDS):
        while set(await left_of(database, account)) != STAYS:
            await asyncio.sleep(0.01)
    await settled(service)
    assert any("was erased" in each for each in service.mailed() if patient.email in each)


async def test_what_is_refused_while_the_ledger_is_looked_through_is_not_forgotten(
    service: Service, patient: Patient, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look has read the lines before, and knows nothing of the one that was added."""
    account, erasure = await account_of(service, patient), eraser(service)
    ErasureLedger(service.settings.erasure_ledger).append(Erased(uuid4(), clock()))
    lives = erasure._lives

    async def refused(line: Erased, actor: Actor) -> None:
        raise DatabaseOverloaded("a writer is busy")

    async def meanwhile(account_id: UUID) -> bool:
        monkeypatch.setattr(erasure, "_lives", lives)
        with pytest.raises(DatabaseOverloaded):
            await erasure.erase(account, Actor("operator", "test"))
        return await lives(account_id)

    with monkeypatch.context() as busy:
        busy.setattr(erasure, "_carry_out", refused)
        monkeypatch.setattr(erasure, "_lives", meanwhile)
        await erasure.replay()
    assert await lives(account)
    assert await erasure.is_replayed()
    assert not await lives(account)


@pytest.mark.parametrize("hours", [1, -1], ids=["later", "clock_set_back"])
async def test_who_comes_back_beside_the_running_service_is_erased_within_the_hour(
    service: Service,
    patient: Patient,
    database: Database,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
    hours: int,
) -> None:
    """A standby that was behind was promoted, and its ledger is that of the primary."""
    account, erasure = await account_of(service, patient), eraser(service)
    ErasureLedger(service.settings.erasure_ledger).append(Erased(account, clock()))
    monkeypatch.setattr("app.portability.erasure.LOOK_SECONDS", 0.01)
    async with erasure.replaying():
        await asyncio.sleep(0.1)
        assert set(await left_of(database, account)) != STAYS
        clock.advance(hours=hours)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while set(await left_of(database, account)) != STAYS:
                await asyncio.sleep(0.01)


async def test_readiness_waits_for_no_hourly_look(
    service: Service, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long ledger takes seconds, and a balancer gives up on a server that is silent for one."""
    erasure = eraser(service)

    async def lasts_long() -> int:
        await asyncio.sleep(2 * PATIENCE_SECONDS)
        return 0

    assert await erasure.is_replayed()
    monkeypatch.setattr(erasure, "replay", lasts_long)
    clock.advance(hours=1)
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert (await service.http.get("/readyz")).status_code == 200


async def test_a_ledger_that_is_gone_is_told_and_nothing_is_erased(
    service: Service, patient: Patient
) -> None:
    other = await service.sign_up()
    assert (await erase(other)).status_code == 204
    ledger = service.settings.erasure_ledger
    away = ledger.rename(ledger.with_name("elsewhere"))
    answer = await service.http.get("/readyz")
    assert (answer.status_code, answer.json()["failing"]) == (503, "erasures")
    assert (await erase(patient)).status_code == 503
    assert (await patient.ask("GET", "/v1/profile")).status_code == 200
    assert not ledger.exists()
    away.rename(ledger)
    assert (await service.http.get("/readyz")).status_code == 200


@pytest.mark.parametrize("has_patients", [True, False])
async def test_a_disk_that_is_not_mounted_does_not_count_as_an_empty_ledger(
    service: Service, patient: Patient, tmp_path: Path, *, has_patients: bool
) -> None:
    async def found() -> bool:
        return has_patients

    ledger, own = ErasureLedger(tmp_path / "apart" / "erasures"), eraser(service)
    erasure = Erasure(own._workshop, ledger, own._forgetters, found)
    assert await erasure.is_replayed() is not has_patients
    assert ledger.is_there() is not has_patients
    if has_patients:  # one more erasure must not make a ledger without those before
        with pytest.raises(LedgerBroken):
            await erasure.erase(await account_of(service, patient), Actor("operator", "test"))
        assert not ledger.is_there()
        assert (await patient.ask("GET", "/v1/profile")).status_code == 200
    ledger.begin()
    assert await erasure.is_replayed()


async def test_a_database_that_is_busy_at_the_hourly_look_leaves_the_service_ready(
    service: Service, patient: Patient, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All was carried out an hour ago, and a busy server must not leave its work to the others."""
    erasure, refused = eraser(service), 0
    ErasureLedger(service.settings.erasure_ledger).append(Erased(uuid4(), clock()))
    lives, busy = erasure._lives, True

    async def asked(account_id: UUID) -> bool:
        nonlocal refused
        if busy:
            refused += 1
            raise DatabaseOverloaded("too many reads wait")
        return await lives(account_id)

    assert await erasure.is_replayed()
    monkeypatch.setattr(erasure, "_lives", asked)
    monkeypatch.setattr("app.portability.erasure.LOOK_SECONDS", 0.01)
    clock.advance(hours=1)
    async with erasure.replaying():
        await until(lambda: refused > 1)
        assert await erasure.is_replayed()
        busy = False
        await until(lambda: erasure._replayed_at == clock())


async def test_a_log_that_readers_hold_is_emptied_when_they_are_gone(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasure, answers = eraser(service), iter([False, False, True])

    async def empty_log() -> bool:
        return next(answers)

    monkeypatch.setattr(erasure._workshop.database, "empty_log", empty_log)
    assert (await erase(patient)).status_code == 204
    assert not erasure._log_is_empty
    monkeypatch.setattr("app.portability.erasure.LOOK_SECONDS", 0.01)
    async with erasure.replaying():
        await until(lambda: erasure._log_is_empty)
    assert next(answers, None) is None


async def test_a_log_that_cannot_be_emptied_makes_no_failure_of_an_erasure(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasure, faults = eraser(service), iter([DatabaseUnavailable, DatabaseUnavailable])

    async def empty_log() -> bool:
        if fault := next(faults, None):
            raise fault("the disk is full")
        return True

    monkeypatch.setattr(erasure._workshop.database, "empty_log", empty_log)
    assert (await erase(patient)).status_code == 204
    assert not erasure._log_is_empty
    await settled(service)
    assert any("was erased" in each for each in service.mailed())
    monkeypatch.setattr("app.portability.erasure.LOOK_SECONDS", 0.01)
    async with erasure.replaying():
        await until(lambda: erasure._log_is_empty)


@pytest.mark.parametrize(
    ("age", "is_told"),
    [(timedelta(days=1) - timedelta(seconds=1), True), (timedelta(days=1), False)],
    ids=["of_today", "old"],
)
async def test_a_line_that_is_a_day_old_is_replayed_without_a_mail(
    service: Service, patient: Patient, clock: SetClock, age: timedelta, *, is_told: bool
) -> None:
    account = await account_of(service, patient)
    ledger = ErasureLedger(service.settings.erasure_ledger)
    ledger.append(Erased(account, clock() - age))
    assert await eraser(service).replay() == 1
    await settled(service)
    told = [each for each in service.mailed() if patient.email in each and "was erased" in each]
    assert bool(told) is is_told
