"""Any story of lost replies keeps an honest phone signed in; any story of theft ends the device."""

import asyncio
import tempfile
from asyncio import Runner
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from app.accounts.issuing import Pair
from app.accounts.refusals import RefreshRefused
from app.database import open_database
from app.web.problems import TokenInvalid
from tests.accounts.house import House
from tests.clocks import SetClock

T = TypeVar("T")
QUICK = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


class Stage:
    """A house with a loop of its own, for tests that hypothesis drives."""

    def __init__(self, database_url: str) -> None:
        self.runner = Runner()
        self.clock = SetClock(datetime(2026, 6, 1, 12, tzinfo=UTC))
        self.folder = tempfile.TemporaryDirectory()
        self.database = self.run(open_database(database_url))
        self.house = House(self.database, self.clock, Path(self.folder.name))
        self.start = self.run(self.house.sign_up()).start

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.runner.run(work)

    def refresh(self, token: str) -> Pair:
        return self.run(self.house.refresh(token))

    def works(self, token: str) -> bool:
        try:
            self.run(self.house.caller(token))
        except TokenInvalid:
            return False
        return True

    def close(self) -> None:
        self.run(self.database.close())
        self.house.hasher.close()
        self.runner.close()
        self.folder.cleanup()


class HonestPhone(RuleBasedStateMachine):
    """A phone that keeps the client's rule, in a bad network."""

    database_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(self.database_url)
        self.pair = self.stage.start.pair
        self.spent: str | None = None
        self.spent_at = self.stage.clock()

    @rule()
    def refresh(self) -> None:
        """The answer arrives and is stored."""
        self.spent, self.spent_at = self.pair.refresh_token, self.stage.clock()
        self.pair = self.stage.refresh(self.pair.refresh_token)

    @rule(times=st.integers(1, 3))
    def refresh_without_an_answer(self, times: int) -> None:
        """The server has done it, and the phone does not know."""
        self.spent = None
        for _ in range(times):
            self.stage.refresh(self.pair.refresh_token)

    @rule(count=st.integers(2, 6))
    def refresh_in_parallel(self, count: int) -> None:
        """Several parts of the app ask at once."""

        async def burst() -> list[Pair]:
            token = self.pair.refresh_token
            return await asyncio.gather(*(self.stage.house.refresh(token) for _ in range(count)))

        self.spent, self.spent_at = self.pair.refresh_token, self.stage.clock()
        pairs = self.stage.run(burst())
        assert len({pair[:2] for pair in pairs}) == 1
        self.pair = pairs[0]

    @rule()
    def use(self) -> None:
        """Make a request; an access token that is too old is the phone's cue to refresh."""
        if not self.stage.works(self.pair.access_token):
            self.refresh()
            assert self.stage.works(self.pair.access_token)

    @rule()
    def a_late_copy_of_the_last_refresh_arrives(self) -> None:
        """The network doubled a request: within half a minute nobody minds."""
        late = (self.stage.clock() - self.spent_at).total_seconds() > 30
        if self.spent is not None and not late:
            assert self.stage.refresh(self.spent).refresh_token == self.pair.refresh_token
        self.spent = None

    @rule(seconds=st.sampled_from([1, 20, 45, 301, 601, 86_400, 20 * 86_400]))
    def wait(self, seconds: int) -> None:
        """Time goes by; twice in a row it stays below the limit of idleness."""
        since = self.stage.clock() - self.stage.start.device.created_at
        if since.days < 100:
            self.stage.clock.advance(seconds=seconds)
            self.refresh_without_an_answer(times=1)

    @rule(seconds=st.sampled_from([1, 40, 7200]))
    def the_clock_is_set_back(self, seconds: int) -> None:
        """An operator's mistake signs nobody out."""
        self.stage.clock.advance(seconds=-seconds)
        self.spent = None

    @invariant()
    def is_signed_in(self) -> None:
        """The one promise."""
        account_id = self.stage.start.device.account_id
        devices = self.stage.run(self.stage.house.accounts.devices.of_account(account_id))
        assert [each.device.id for each in devices] == [self.stage.start.device.id]

    def teardown(self) -> None:
        self.stage.close()


def test_an_honest_phone_is_never_signed_out(database_url: str) -> None:
    machine = type("Machine", (HonestPhone,), {"database_url": database_url})
    run_state_machine_as_test(machine, settings=QUICK)


@st.composite
def stories(draw: st.DrawFn) -> tuple[int, list[str]]:
    """Refreshes before the theft, and who comes in which order after it."""
    actors = draw(st.lists(st.sampled_from(["phone", "thief"]), min_size=2, max_size=8))
    return draw(st.integers(0, 3)), [*actors, "phone", "thief"]


def test_a_stolen_token_is_caught_at_its_second_use(database_url: str) -> None:
    @settings(QUICK)
    @given(stories(), st.booleans())
    def story(told: tuple[int, list[str]], answer_is_used: bool) -> None:  # noqa: FBT001 - drawn
        stage = Stage(database_url)
        try:
            play(stage, *told, answer_is_used=answer_is_used)
        finally:
            stage.close()

    story()


def play(stage: Stage, before: int, actors: list[str], *, answer_is_used: bool) -> None:
    """Whoever comes second with a token that the other one has spent ends the device."""
    token = stage.start.pair.refresh_token
    for _ in range(before):
        token = stage.refresh(token).refresh_token
    held = {"phone": token, "thief": token}
    first, uses = actors[0], 0
    for actor in actors:
        stage.clock.advance(seconds=31)
        spent_by_the_other = actor != first
        # A successor that nobody used is still given again: one more use tells them apart.
        if spent_by_the_other and (uses > 1 or answer_is_used):
            assert refused(stage, held[actor])
            assert refused(stage, held[first])
            return
        if spent_by_the_other:
            held[actor] = stage.refresh(held[actor]).refresh_token
            assert held[actor] == held[first]
            return
        pair = stage.refresh(held[actor])
        held[actor], uses = pair.refresh_token, uses + 1
        if answer_is_used:
            assert stage.works(pair.access_token)
    raise AssertionError("every story has both actors")


def refused(stage: Stage, token: str) -> bool:
    try:
        stage.refresh(token)
    except RefreshRefused:
        return True
    return False
