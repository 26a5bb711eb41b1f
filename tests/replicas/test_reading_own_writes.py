"""Whoever has written sees it, wherever the answer comes from."""

import asyncio
from random import Random
from uuid import UUID

import pytest

from app.database import replicated
from tests.replicas.diary import Diary
from tests.replicas.pair import Counted, Pair
from tests.service import Patient, Service, an_entry
from tests.sharing.links import Link, account_of, ask_for, opened, read_direct, revoke, share
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.anyio
MOODS = "SELECT count(*) FROM entry WHERE account_id = $1"
SCOPE = {"include_notes": True, "kinds": ["mood"]}


async def listed(patient: Patient, query: str = "") -> list[str]:
    """The notes of the list."""
    answer = await patient.ask("GET", f"/v1/entries{query}")
    assert answer.status_code == 200, answer.text
    return [each["note"] for each in answer.json()["items"]]


async def daily(patient: Patient) -> float | None:
    """The mood of the test's day, as the trend has it."""
    answer = await patient.ask("GET", "/v1/trends/daily?metric=mood")
    assert answer.status_code == 200, answer.text
    rows = {each["date"]: each for each in answer.json()["days"]}
    value: float | None = rows["2026-06-01"]["value"]
    return value


async def a_live_link(patient: Patient) -> Link:
    """A link whose file is made from the journal as it is when it is opened."""
    return await share(patient, scope=SCOPE, mode="live")


async def shared(service: Service, link: Link, note: str) -> bool:
    """Whether a note stands in what the link shows now."""
    return note in str(await opened(service, link))


async def test_a_replica_in_step_answers_list_trend_and_live_share(
    service: Service, pair: Pair
) -> None:
    """The primary's rows are taken away behind the service's back: what is shown lay elsewhere."""
    patient = await service.sign_up()
    link = await a_live_link(patient)
    made = (await patient.save(an_entry(note="one", score=3)))["entry"]
    assert (await patient.ask("GET", "/v1/trends/summary")).status_code == 200  # keeps digests
    await pair.in_step()
    await pair.pause()
    account_id = await account_of(service, patient)
    for taken_away in ("DELETE FROM entry", "DELETE FROM digest"):
        await pair.on_primary(f"{taken_away} WHERE account_id = $1", account_id)
    counted = Counted()
    assert await listed(patient) == ["one"]
    assert await listed(patient, "?from=2026-06-01&kind=mood") == ["one"]
    linked = await patient.ask("GET", f"/v1/entries?session_id={made['id']}")
    assert linked.json()["items"] == []
    assert counted.told() == {"replica": 3}
    assert await daily(patient) == 3
    with_trend = counted["replica"]
    assert with_trend > 3
    assert await shared(service, link, "one")
    assert counted.told() == {"replica": with_trend + 1}


async def test_a_write_is_seen_at_once_while_the_replica_stands_still(
    service: Service, pair: Pair
) -> None:
    patient = await service.sign_up()
    link = await a_live_link(patient)
    await patient.save(an_entry(note="old", score=2))
    assert await listed(patient) == ["old"]
    await pair.in_step()
    await pair.pause()
    counted = Counted()
    await patient.save(an_entry(note="new", score=4))
    assert sorted(await listed(patient)) == ["new", "old"]
    assert await daily(patient) == 3
    assert await shared(service, link, "new")
    assert counted.told() == {"behind": counted["behind"]}
    assert counted["behind"] >= 3
    await pair.resume()
    counted = Counted()
    assert sorted(await listed(patient)) == ["new", "old"]
    assert counted.told() == {"replica": 1}


async def test_a_new_time_zone_holds_at_once_in_trends_and_shares(
    service: Service, pair: Pair
) -> None:
    patient = await service.sign_up()
    link = await a_live_link(patient)
    await patient.save(an_entry(note="here"))
    await pair.in_step()
    await pair.pause()
    await patient.set_time_zone("Pacific/Kiritimati")  # where 2 June has begun
    answer = await patient.ask("GET", "/v1/trends/daily?metric=mood")
    assert answer.json()["window"]["to"] == "2026-06-02"
    assert await shared(service, link, "here")


async def test_what_is_erased_or_revoked_is_dead_while_the_replica_still_has_it(
    service: Service, pair: Pair
) -> None:
    patient, other = await service.sign_up(), await service.sign_up()
    dead, direct = await a_live_link(patient), await share(patient, kind="direct")
    erased = await share(other, kind="direct")
    await other.save(an_entry(note="gone"))
    assert await listed(other) == ["gone"]
    await pair.in_step()
    await pair.pause()
    await revoke(patient, dead)
    await revoke(patient, direct)
    account_id = await account_of(service, other)
    await other.step_up()
    assert (await other.ask("DELETE", "/v1/account")).status_code == 204
    assert await pair.on_replica(MOODS, account_id) == 1
    assert (await ask_for(service, dead, dead.passcode)).status_code == 404
    assert (await read_direct(service, direct)).status_code == 404
    assert (await read_direct(service, erased)).status_code == 404
    for path in ("entries", "trends/summary", "trends/report.pdf"):
        assert (await other.ask("GET", f"/v1/{path}")).status_code == 401


async def test_a_killed_replica_is_not_missed_and_is_used_when_it_is_back(
    service: Service, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(replicated, "monotonic", lambda: now[0])
    patient = await service.sign_up()
    await patient.save(an_entry(note="one"))
    await pair.in_step()
    assert await listed(patient) == ["one"]
    await asyncio.to_thread(pair.cluster.standby.crash)
    counted = Counted()
    for _ in range(5):
        assert await listed(patient) == ["one"]
        assert (await service.http.get("/readyz")).status_code == 200
    assert counted.told() == {"away": 1, "resting": 4}
    await asyncio.to_thread(pair.restart_replica)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not counted["replica"]:
            now[0] += 1
            assert await listed(patient) == ["one"]
            await asyncio.sleep(0.05)


async def test_a_read_that_recovery_cuts_off_is_read_again_on_the_primary(
    service: Service, pair: Pair
) -> None:
    patient = await service.sign_up()
    await patient.save(an_entry(note="one"))
    await pair.in_step()
    await listed(patient)
    cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = $1"
    assert await pair.on_replica(cut, "afterglow_app") > 0
    assert await listed(patient) == ["one"]


async def test_row_security_holds_on_the_replica(service: Service, pair: Pair) -> None:
    patient = await service.sign_up()
    await patient.save(an_entry(note="one"))
    await pair.in_step()
    account_id = await account_of(service, patient)
    for named, seen in ((account_id, 1), (UUID(int=7), 0)):
        found = await pair.as_service_on_replica(
            f"SET app.account_id = '{named}'", MOODS, account_id
        )
        assert found == seen


@pytest.mark.parametrize("seed", [1, 2])
async def test_two_devices_never_see_less_than_was_written(
    service: Service, pair: Pair, seed: int
) -> None:
    """Writes, pauses, resumes and reads in any order; each read has every write before it."""
    diary = await Diary.begun(service, pair, Random(seed))  # noqa: S311 - nothing secret
    counted = Counted()
    for _ in range(60):
        await diary.step()
    assert counted["replica"] > 0
    assert counted["behind"] > 0
    assert counted["away"] == 0
