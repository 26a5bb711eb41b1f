"""Phones that come and go over a faulty line: all end equal, and nothing is lost."""

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests.clocks import SetClock
from tests.sync import deeds
from tests.sync.stages import Stage, new_stage
from tests.sync.verdict import judge
from tests.sync.world import World

TIMES = int(os.environ.get("AFTERGLOW_TEST_STORIES", "1"))
"""How many times as many stories are told as in every run."""
STORIES = {"sqlite": 40 * TIMES, "postgresql": 20 * TIMES}
STEPS = 60
LONG_STORIES = {"sqlite": 24 * TIMES, "postgresql": 8 * TIMES}
LONG = 150
PARTS = 2
NO_DICE = Random(0)  # noqa: S311 - nothing secret
Dice = st.randoms(use_true_random=True)


class Phones(RuleBasedStateMachine):
    """Each step is a deed of a patient, a network, a browser or an operator.

    One rule throws dice for all: drawn one by one, choices would mostly be the simplest, and
    rules of their own would be left out of most stories.
    """

    stage: ClassVar[Stage]
    loop: ClassVar[asyncio.Runner]

    def __init__(self) -> None:
        """A new journal and phones that know nothing of it."""
        super().__init__()
        self.world = World(self.stage, self.loop)

    @initialize()
    def all_know_a_few_entries(self) -> None:
        for hand in self.world.hands:
            deeds.write(self.world, hand, NO_DICE)
        self.world.quiet()

    @rule(dice=Dice)
    def something_happens(self, dice: Random) -> None:
        deed, hand = dice.choices(*deeds.DEEDS)[0], dice.choice(self.world.hands)
        note(f"{hand.phone.device_id}: {deed.__name__}")
        deed(self.world, hand, dice)

    def teardown(self) -> None:
        """The end of every story."""
        finish(self.world)


@pytest.fixture
def stage(empty_database_url: str, tmp_path: Path) -> Iterator[tuple[Stage, asyncio.Runner]]:
    """A service on each engine in turn, and the loop it runs on."""
    clock = SetClock(datetime(2026, 6, 1, 12, tzinfo=UTC))
    with asyncio.Runner() as loop:
        stage = loop.run(new_stage(empty_database_url, tmp_path, clock))
        yield stage, loop
        loop.run(stage.close())


def test_phones_end_equal_and_nothing_is_lost(
    stage: tuple[Stage, asyncio.Runner], empty_database_url: str
) -> None:
    class Story(Phones):
        """The rules on this engine."""

    Story.stage, Story.loop = stage
    engine = empty_database_url.partition(":")[0]
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=STORIES[engine],
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("part", range(PARTS))
def test_long_stories_end_equal_too(
    stage: tuple[Stage, asyncio.Runner], empty_database_url: str, part: int
) -> None:
    """Many more steps than Hypothesis likes to make, each story from a seed that failures name."""
    for seed in range(part, LONG_STORIES[empty_database_url.partition(":")[0]], PARTS):
        tell(*stage, seed)


def tell(stage: Stage, loop: asyncio.Runner, seed: int) -> None:
    """One long story."""
    dice, told = Random(seed), []  # noqa: S311 - nothing secret
    world = World(stage, loop)
    for hand in world.hands:
        deeds.write(world, hand, dice)
    for _ in range(LONG):
        deed, hand = dice.choices(*deeds.DEEDS)[0], dice.choice(world.hands)
        told.append(f"{hand.phone.device_id}: {deed.__name__}")
        deed(world, hand, dice)
    try:
        finish(world)
    except AssertionError as fault:
        fault.add_note(f"seed {seed}: " + ", ".join(told))
        raise


def finish(world: World) -> None:
    """All come to rest, and the story is judged."""
    try:
        for hand in world.hands:
            deeds.mend(world, hand, NO_DICE)
        world.quiet()
        judge(world)
    finally:
        world.end()
