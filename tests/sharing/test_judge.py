"""Passcodes are judged beside the loop, two at a time, and a closing service waits for none."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import CancelledError
from threading import Event, get_ident

import pytest

from app.accounts.hashing_places import RUNNING
from app.sharing.judge import PasscodeJudge
from app.sharing.passcodes import HASHER, passcode_verifier
from app.sharing.schemas import ShareDraft
from app.sharing.sealed import Secrets
from tests.sharing.test_rules import draft_body
from tests.waiting import PATIENCE_SECONDS, until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def judge(anyio_backend: str) -> AsyncIterator[PasscodeJudge]:
    judge = PasscodeJudge()
    yield judge
    judge.close()


@pytest.mark.parametrize(
    ("passcode", "attempt", "fits"),
    [
        ("Blue Horse-7", "Blue Horse-7", True),
        ("Blue Horse-7", "blue Horse-7", False),
        ("Blue Horse-7", "Blue Horse-8", False),
    ],
)
async def test_a_chosen_passcode_fits_as_it_was_chosen(
    judge: PasscodeJudge, passcode: str, attempt: str, *, fits: bool
) -> None:
    draft = ShareDraft.model_validate(draft_body(passcode=passcode))
    secrets = await judge.secrets_for(draft)
    assert (secrets.passcode, secrets.generated) == (passcode, False)
    assert await judge.fits(attempt, secrets) == fits


async def test_a_passcode_that_was_made_fits_however_it_is_typed(judge: PasscodeJudge) -> None:
    secrets = await judge.secrets_for(ShareDraft.model_validate(draft_body()))
    assert secrets.passcode is not None
    assert secrets.generated
    assert await judge.fits(f" {secrets.passcode[:4].lower()}-{secrets.passcode[4:]}", secrets)
    assert not await judge.fits(secrets.passcode[::-1] + "X", secrets)


async def test_no_attempt_fits_a_link_without_a_passcode(judge: PasscodeJudge) -> None:
    secrets = await judge.secrets_for(ShareDraft.model_validate(draft_body(kind="direct")))
    assert secrets.verifier is None
    assert not await judge.fits("", secrets)


async def test_two_passcodes_at_once_are_judged_and_the_loop_is_no_judge(
    judge: PasscodeJudge,
) -> None:
    running, threads, go_on = [], set(), Event()

    def work() -> None:
        running.append(1)
        threads.add(get_ident())
        go_on.wait(PATIENCE_SECONDS)

    tasks = [asyncio.ensure_future(judge._places.run(work)) for _ in range(RUNNING + 3)]
    await until(lambda: len(running) == RUNNING)
    await asyncio.sleep(0.1)  # in which a third one would begin
    assert len(running) == RUNNING == 2
    go_on.set()
    await asyncio.gather(*tasks)
    assert len(threads) == RUNNING
    assert get_ident() not in threads


async def test_a_judge_that_closes_drops_those_who_wait() -> None:
    judge, go_on, running, done = PasscodeJudge(), Event(), [], []

    def work() -> None:
        running.append(1)
        go_on.wait(PATIENCE_SECONDS)
        done.append(1)

    tasks = [asyncio.ensure_future(judge._places.run(work)) for _ in range(RUNNING + 3)]
    await until(lambda: len(running) == RUNNING)
    closing = asyncio.create_task(asyncio.to_thread(judge.close))
    await until(lambda: sum(each.done() for each in tasks) == 3)
    go_on.set()
    await closing
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert len(done) == RUNNING
    dropped = [
        each for each in outcomes if isinstance(each, CancelledError | asyncio.CancelledError)
    ]
    assert len(dropped) == 3


def test_what_is_kept_of_a_passcode_is_the_hash_of_it_as_printed() -> None:
    assert HASHER.verify("ABCD2345", passcode_verifier("abcd-2345", generated=True))
    assert Secrets(token="t", key="k").verifier is None
