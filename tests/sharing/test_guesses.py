"""Many readers at once: never more guesses judged, or openings given, than a link allows."""

import asyncio
from collections import Counter
from threading import Event
from typing import Any
from uuid import UUID

import pytest

from app.accounts.hashing_places import RUNNING, WAITING
from app.accounts.refusals import BusyHashing
from app.database import DatabaseOverloaded
from app.sharing.judge import PasscodeJudge
from app.sharing.lifecycle import MOST_TRIES
from app.sharing.passcodes import passcode_matches
from app.sharing.sharing import Sharing
from app.sharing.store_openings import give_try_back
from tests.service import Patient, Service
from tests.sharing.links import a_draft, ask_for, outcomes, read_direct, room, share, state
from tests.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def nobody_comes_back_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else some of a crowd are told to, before they take a try: one link never fills the places."""

    async def let_pass(_: PasscodeJudge) -> None:
        pass

    monkeypatch.setattr(PasscodeJudge, "refuse_if_full", let_pass)


async def test_sixty_wrong_guesses_at_once_give_ten_answers(
    service: Service, patient: Patient
) -> None:
    link = await share(patient)
    answers = await asyncio.gather(*(ask_for(service, link, f"WRONG{n:03}") for n in range(60)))
    assert Counter(each.status_code for each in answers) == {401: 10, 404: 50}
    left = [each.json()["remainingAttempts"] for each in answers if each.status_code == 401]
    assert sorted(left) == [*range(10)]
    assert (await ask_for(service, link, link.passcode)).status_code == 404
    assert (await state(patient, link))["status"] == "locked"
    found = Counter(outcome for _, outcome in await outcomes(patient, link))
    assert found == {"wrong_passcode": 10, "refused": 51}


async def test_of_two_hundred_guesses_at_once_ten_are_judged(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def counted(attempt: str, verifier: str, *, generated: bool) -> bool:
        seen.append(attempt)
        return passcode_matches(attempt, verifier, generated=generated)

    monkeypatch.setattr("app.sharing.judge.passcode_matches", counted)
    link = await share(patient)
    guesses = [f"WRONG{n:03}" for n in range(199)]
    guesses.insert(150, link.passcode)
    answers = await asyncio.gather(*(ask_for(service, link, each) for each in guesses))
    assert len(seen) <= 10
    found = Counter(each.status_code for each in answers)
    assert found[200] <= 1
    assert found[401] <= 10
    assert found.keys() <= {200, 401, 404, 503}


@pytest.mark.parametrize("door", ["refuse_if_full", "fits"])
async def test_a_crowd_that_hashes_spends_no_try(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    link = await share(patient)
    judge = service.app.state.provided[Sharing].equipment.judge

    async def full(*_: object) -> None:
        raise BusyHashing

    with monkeypatch.context() as patch:
        patch.setattr(judge, door, full)
        for _ in range(MOST_TRIES + 1):
            answer = await ask_for(service, link, "WRONG000")
            assert (answer.status_code, answer.json()["code"]) == (429, "busy_hashing")
            assert answer.headers["Retry-After"] == "2"
    assert (await ask_for(service, link, link.passcode)).status_code == 200
    assert (await state(patient, link))["tries_left"] == MOST_TRIES


async def test_links_are_made_as_fast_as_passcodes_are_hashed_and_a_crowd_is_told_so(
    service: Service, patient: Patient
) -> None:
    await patient.step_up()
    places = service.app.state.provided[Sharing].equipment.judge._places
    over = Event()
    standing = [asyncio.ensure_future(places.run(over.wait)) for _ in range(RUNNING + WAITING)]
    await asyncio.sleep(0)
    refused = await patient.ask("POST", "/v1/shares", json=a_draft())
    assert (refused.status_code, refused.json()["code"]) == (429, "busy_hashing")
    over.set()
    await asyncio.gather(*standing)
    assert (await patient.ask("POST", "/v1/shares", json=a_draft())).status_code == 201


async def test_right_ones_at_once_spend_no_try(service: Service, patient: Patient) -> None:
    link = await share(patient)
    answers = await asyncio.gather(*(ask_for(service, link, link.passcode) for _ in range(25)))
    found = Counter(each.status_code for each in answers)
    assert found[200] >= 10
    assert found.keys() <= {200, 404}
    seen = await state(patient, link)
    assert (seen["status"], seen["tries_left"], seen["openings"]) == ("active", 10, found[200])


async def test_a_right_one_spends_no_try_when_the_opening_fails(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object) -> None:
        raise DatabaseOverloaded

    link = await share(patient)
    with monkeypatch.context() as patch:
        patch.setattr("app.sharing.serving.count_opening", busy)
        for _ in range(MOST_TRIES + 1):
            assert (await ask_for(service, link, link.passcode)).status_code == 503
    seen = await state(patient, link)
    assert (seen["status"], seen["tries_left"], seen["openings"]) == ("active", MOST_TRIES, 0)
    assert (await ask_for(service, link, link.passcode)).status_code == 200


async def test_one_that_was_not_judged_spends_no_try(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> bool:
        raise MemoryError

    link = await share(patient)
    with monkeypatch.context() as patch:
        patch.setattr("app.sharing.judge.passcode_matches", broken)
        assert (await ask_for(service, link, link.passcode)).status_code == 500
    assert (await state(patient, link))["tries_left"] == MOST_TRIES


async def test_a_reader_who_goes_away_while_it_is_judged_spends_no_try(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await share(patient)
    judge, begun = room(service).equipment.judge, asyncio.Event()

    async def slow(*_: object) -> bool:
        begun.set()
        await asyncio.Event().wait()
        return True

    with monkeypatch.context() as patch:
        patch.setattr(judge, "fits", slow)
        asking = asyncio.ensure_future(ask_for(service, link, link.passcode))
        await until(lambda: begun.is_set() or asking.done())
        assert begun.is_set()
        assert (await state(patient, link))["tries_left"] == MOST_TRIES - 1
        asking.cancel()
        await asyncio.wait([asking])
    assert (await state(patient, link))["tries_left"] == MOST_TRIES


async def test_a_reader_who_goes_away_while_the_try_is_given_back_spends_none(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await share(patient)
    database = room(service).equipment.database
    write = database.write
    begun, going_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(of: UUID | None, work: Any, **told: bool) -> Any:
        if getattr(work, "func", None) is not give_try_back:
            return await write(of, work, **told)
        begun.set()
        try:
            await going_on.wait()
            return await write(of, work, **told)
        finally:
            ended.set()

    with monkeypatch.context() as patch:
        patch.setattr(database, "write", slow)
        asking = asyncio.ensure_future(ask_for(service, link, link.passcode))
        await until(lambda: begun.is_set() or asking.done())
        assert begun.is_set()
        asking.cancel()
        await asyncio.wait([asking])
        going_on.set()
        await ended.wait()
    assert (await state(patient, link))["tries_left"] == MOST_TRIES


async def test_openings_at_once_stay_within_the_limit(service: Service, patient: Patient) -> None:
    link = await share(patient, max_openings=4)
    answers = await asyncio.gather(*(ask_for(service, link, link.passcode) for _ in range(20)))
    assert Counter(each.status_code for each in answers) == {200: 4, 404: 16}
    seen = await state(patient, link)
    assert (seen["status"], seen["openings"], seen["tries_left"]) == ("used_up", 4, 10)


async def test_direct_openings_at_once_stay_within_the_limit(
    service: Service, patient: Patient
) -> None:
    link = await share(patient, kind="direct", max_openings=3)
    answers = await asyncio.gather(*(read_direct(service, link) for _ in range(20)))
    assert Counter(each.status_code for each in answers) == {200: 3, 404: 17}


async def test_no_more_than_thirty_open_within_a_minute(service: Service, patient: Patient) -> None:
    link = await share(patient, kind="direct")
    answers = await asyncio.gather(*(read_direct(service, link) for _ in range(40)))
    assert Counter(each.status_code for each in answers) == {200: 30, 429: 10}


async def test_a_link_that_a_minute_uses_up_is_dead_and_not_busy(
    service: Service, patient: Patient
) -> None:
    link = await share(patient, kind="direct", max_openings=30)
    answers = await asyncio.gather(*(read_direct(service, link) for _ in range(40)))
    assert Counter(each.status_code for each in answers) == {200: 30, 404: 10}
