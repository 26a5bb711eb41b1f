"""What is lost, doubled or answered wrong would be found: the phones are shown all of it."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from types import ModuleType

import httpx
import pytest
from typer.testing import CliRunner

from tests.engines import ENGINES
from tests.faults import backends, kill, standby, syscalls
from tests.faults.answers import REFRESH, Answers
from tests.faults.engines import EngineName, a_database
from tests.faults.kill import newcomers
from tests.faults.phones import Found, Lost, Phone
from tests.process import served


@pytest.mark.parametrize("engine", ENGINES)
def test_phones_find_what_is_lost_and_what_is_doubled(engine: EngineName, tmp_path: Path) -> None:
    dice = Random(3)  # noqa: S311 - nothing secret
    with a_database(engine, tmp_path) as url, served(url, tmp_path) as service:
        (phone,) = newcomers(service, dice, 1)
        phone.work(service.url, lambda: phone.changes >= 30)
        phone.settle(service.url)
        assert phone.found(service.url) == Found(0, 0)
        entry, score = next(iter(phone.scores.items()))
        phone.scores[entry] = (score + 0.5) % 10
        assert phone.found(service.url) == Found(1, 0)
        del phone.scores[entry]
        assert phone.found(service.url) == Found(0, 1)
        phone.changes -= 1
        assert phone.found(service.url) == Found(0, 2)
        phone.changes += 3
        assert phone.found(service.url).lost == 2


def test_a_wrong_answer_is_counted_and_the_deed_waits() -> None:
    phone, http = a_phone_that_hears(lambda request: httpx.Response(500))
    with http, pytest.raises(Lost):
        phone.do(http)
    assert phone.answers.wrong.total() == 1
    assert phone.pending is not None


def test_a_token_that_is_over_before_its_time_is_a_wrong_answer() -> None:
    """The first one may be over: nobody said how long it lives."""
    pair = {"access_token": "b", "refresh_token": "c", "expires_in": 60}
    told = {"type": "/problems/token_invalid", "code": "token_invalid", "status": 401}
    problem = {"Content-Type": "application/problem+json"}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == REFRESH:
            return httpx.Response(200, json=pair)
        return httpx.Response(401, headers=problem, json=told)

    phone, http = a_phone_that_hears(answer)
    with http:
        for wrong in (0, 1):
            with pytest.raises(AssertionError, match="refused: 401"):
                phone.do(http)
            assert phone.answers.wrong.total() == wrong


def a_phone_that_hears(
    answer: Callable[[httpx.Request], httpx.Response],
) -> tuple[Phone, httpx.Client]:
    """A phone, and its client of a service that answers so; no answer gets lost."""
    dice = Random(1)  # noqa: S311 - nothing secret
    phone = Phone({"access_token": "a", "refresh_token": "b"}, dice)
    return phone, phone.client("http://afterglow.test", httpx.MockTransport(answer))


OUTCOMES: list[tuple[ModuleType, str, Callable[[Found], object]]] = [
    (kill, "killed", lambda found: kill.Outcome(1, 1, found, [1.0], Answers())),
    (backends, "done", lambda found: kill.Outcome(1, 1, found, [1.0], Answers())),
    (standby, "failed_over", lambda found: kill.Outcome(1, 1, found, [1.0], Answers())),
    (syscalls, "failed_at", lambda found: syscalls.Outcome(found=found, recoveries=[1.0])),
]


@pytest.mark.parametrize(("module", "work", "outcome"), OUTCOMES)
@pytest.mark.parametrize("found", [Found(1, 0), Found(0, 1), Found(0, 0, 1)])
def test_a_command_ends_with_1_when_something_is_lost_doubled_or_answered_wrong(
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    work: str,
    outcome: Callable[[Found], object],
    found: Found,
) -> None:
    monkeypatch.setattr(module, work, lambda *_: outcome(found))
    assert CliRunner().invoke(module.command, []).exit_code == 1
    monkeypatch.setattr(module, work, lambda *_: outcome(Found(0, 0)))
    done = CliRunner().invoke(module.command, [])
    assert done.exit_code == 0
    assert "wrong ones: 0" in done.output
