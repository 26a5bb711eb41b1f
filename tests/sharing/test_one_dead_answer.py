"""Whatever a link died of, it answers as one that never was: status, headers, body, and time."""

import asyncio
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median

import httpx
import pytest

from app.database import Database, open_database
from app.sharing.erasure import forget_account
from app.sharing.shl import secret_hash
from app.sharing.store import find_share
from tests.browser.sharing_end import Share, SharingEnd, sharing_end
from tests.clocks import SetClock
from tests.service import Patient, Service, running
from tests.sharing.links import NOBODY, Link, account_of, ask_for, manifest, revoke, room, share
from tests.sharing.test_dead_links import without_id
from tests.sharing.test_reader_answers import ASKS_BEFOREHAND

Answer = tuple[int, bytes, list[tuple[str, str]]]

ROUNDS = int(os.environ.get("AFTERGLOW_TIMING_ROUNDS", "12"))
"""Requests to each dead link; for the figures of the documentation 300."""

BODY = {"recipient": "Dr Lee"}
STATUSES = [404, 404, 404, 404, 404, 404, 405, 204, 422, 415]
"""HEAD, a preflight and a bad body tell of no link, living or dead."""


async def dead_links(
    service: Service, patient: Patient, clock: SetClock, database: Database
) -> dict[str, Link]:
    """One link for each way to die, all of them dead now."""
    gone = await service.sign_up()
    names = ("revoked", "locked", "used_up", "expired")
    links = {name: await share(patient, max_openings=1) for name in names}
    links["account_erased"] = await share(gone, max_openings=1)
    await revoke(patient, links["revoked"])
    for _ in range(10):
        await ask_for(service, links["locked"], "WRONG234")
    await manifest(service, links["used_up"])
    account_id = await account_of(service, gone)
    await database.write(account_id, lambda work: forget_account(work, account_id))
    clock.now += timedelta(days=8)  # only the last one still lived
    return links


async def answers_of(service: Service, link: Link | str, passcode: str) -> list[Answer]:
    """Every way to ask a link."""
    path = link if isinstance(link, str) else link.path
    origin = {"Origin": "https://reader.example"}
    asked: list[httpx.Response] = [
        await ask_for(service, path),
        await ask_for(service, path, passcode),
        await ask_for(service, path, "WRONG234", headers=origin),
        await ask_for(service, path, passcode, embeddedLengthMax=0),
        await service.http.get(path),
        await service.http.get(path, params={"recipient": "Dr Lee"}, headers=origin),
        await service.http.head(path),
        await service.http.options(path, headers=ASKS_BEFOREHAND),
        await service.http.post(path, json={}),
        await service.http.post(path, content=b"x", headers={"content-type": "text/plain"}),
    ]
    return [without_id(each) for each in asked]


@pytest.mark.anyio
async def test_all_the_dead_answer_alike_before_and_after_the_sweep(
    service: Service, patient: Patient, clock: SetClock, database: Database
) -> None:
    links = await dead_links(service, patient, clock, database)
    for swept in (False, True):
        if swept:
            await room(service).sweep.once()
            clock.now += timedelta(minutes=30)
        nothing = await answers_of(service, f"/shl/{NOBODY}", "ABCD2345")
        assert [status for status, _, _ in nothing] == STATUSES
        for name, link in links.items():
            assert await answers_of(service, link, link.passcode) == nothing, name


@pytest.mark.anyio
@pytest.mark.parametrize(
    "odd", ["%FF", "%00", "%C3%28", "A" * 42 + "%FF", "%ED%A0%80", "%EF%BF%BD"]
)
async def test_what_is_no_text_answers_as_a_link_that_never_was(service: Service, odd: str) -> None:
    nothing = await answers_of(service, f"/shl/{NOBODY}", "ABCD2345")
    assert await answers_of(service, f"/shl/{odd}", "ABCD2345") == nothing
    located, never = [
        without_id(await service.http.get(f"/shl/files/{each}")) for each in (odd, NOBODY)
    ]
    assert (located, located[0]) == (never, 404)


@pytest.mark.anyio
async def test_what_is_no_text_is_counted_as_a_link_that_never_was(
    database_url: str, tmp_path: Path, clock: SetClock
) -> None:
    limits = "share_open.address=2/1m"
    async with running(database_url, tmp_path, clock, limits=limits) as service:
        statuses = [(await service.http.get("/shl/%FF")).status_code for _ in range(3)]
    assert statuses == [404, 404, 429]


@pytest.fixture(scope="module")
def end() -> Iterator[SharingEnd]:
    """The running service: time is only real behind a socket."""
    with sharing_end() as serving:
        yield serving


def _dead(end: SharingEnd) -> dict[str, str]:
    """The addresses of a link that never was and of one for each way to die."""
    today = str(end.clock().date())
    gone, scope = end.new_owner(), {"kinds": ["mood"], "from": today, "to": today}
    soon = (end.clock() + timedelta(seconds=90)).isoformat()
    links = {name: end.share(scope=scope, max_openings=1) for name in ("revoked", "locked", "used")}
    links["expired"] = end.share(scope=scope, expires_at=soon)
    links["account_erased"] = end.share(gone, scope=scope)
    links["revoked"].revoke()
    links["locked"].guess(10)
    used = links["used"]
    httpx.post(_address(used), json={**BODY, "passcode": used.passcode}).raise_for_status()
    asyncio.run(_erase_owner(end, links["account_erased"]))
    end.clock.ahead += timedelta(minutes=2)
    never = f"{end.origin}/shl/{NOBODY}"
    return {"never": never, **{name: _address(each) for name, each in links.items()}}


def _address(share: Share) -> str:
    return str(share.taken.payload["url"])


async def _erase_owner(end: SharingEnd, share: Share) -> None:
    """As the erasure of the account does."""
    database = await open_database(f"sqlite:///{end.database}")
    found = await database.read(None, lambda work: find_share(work, secret_hash(share.taken.token)))
    assert found is not None
    owner = found.account_id
    await database.write(owner, lambda work: forget_account(work, owner))
    await database.close()


def test_no_way_to_die_is_told_by_time(end: SharingEnd) -> None:
    addresses = _dead(end)
    took: dict[str, list[float]] = {name: [] for name in addresses}
    with httpx.Client() as http:
        for _ in range(ROUNDS):
            end.clock.ahead += timedelta(seconds=20)  # throttles look at the minute
            for name, address in addresses.items():
                start = time.perf_counter()
                answer = http.post(address, json={**BODY, "passcode": "ABCD2345"})
                took[name].append(time.perf_counter() - start)
                assert answer.status_code == 404
    medians = {name: median(times) * 1000 for name, times in took.items()}
    for name, milliseconds in medians.items():
        print(f"{name}: median {milliseconds:.2f} ms of {ROUNDS}")
    # One compare of a passcode takes tens of milliseconds: far outside of this. The quickest of
    # each counts, for what else this machine does meanwhile only adds to it.
    quickest = [min(times) * 1000 for times in took.values()]
    assert max(quickest) - min(quickest) < 5
