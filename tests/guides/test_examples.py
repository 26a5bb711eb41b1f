"""Every example of the guides for apps is sent to the whole service, in order, on both engines."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.clocks import SetClock
from tests.contract.witness import Witness
from tests.guides.diary import FIRST, ZONE, write_diary
from tests.guides.follower import CONTRACT, EMAIL, ORIGIN, Follower
from tests.guides.pages import Exchange, operations_in, steps_of
from tests.service import running

DOCS = Path(__file__).parents[2] / "docs" / "clients"
GUIDES = ("signing-in", "journal", "trends", "safety", "sharing", "import")
WITH_DIARY = frozenset({"trends", "sharing"})
TOLD_ELSEWHERE = frozenset({"pullChanges", "pushChanges", "importEntries"})


@pytest.fixture
async def follower(
    database_url: str, tmp_path: Path, clock: SetClock, anyio_backend: str
) -> AsyncIterator[Follower]:
    """Nobody has signed up yet."""
    async with running(database_url, tmp_path, clock, public_url=ORIGIN) as service:
        yield Follower(service)


def page(guide: str) -> str:
    """The text of a guide."""
    return (DOCS / f"{guide}.md").read_text(encoding="utf-8")


async def prepare(follower: Follower, guide: str) -> None:
    """What a guide takes for granted: an account but for the first, and for some a diary."""
    service, now = follower.service, follower.service.clock.now
    if guide in WITH_DIARY:
        service.clock.now = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC)
    patient = await service.sign_up(EMAIL)
    if guide in WITH_DIARY:
        await patient.set_time_zone(ZONE)
        await write_diary(patient, service.clock, until=now)
    follower.bearer = follower.known["access_token"] = patient.tokens["access_token"]


@pytest.mark.anyio
@pytest.mark.parametrize("guide", GUIDES)
async def test_the_service_answers_as_the_guide_says(guide: str, follower: Follower) -> None:
    witness = Witness(CONTRACT)
    if guide != "signing-in":
        await prepare(follower, guide)
    follower.service.http.event_hooks["response"].append(witness.see)
    await follower.follow(steps_of(page(guide)))
    tried = {name for name, _ in witness.seen}
    assert tried >= operations_in(page(guide)).keys() - TOLD_ELSEWHERE


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_has_examples(guide: str) -> None:
    assert sum(isinstance(step, Exchange) for step in steps_of(page(guide))) >= 8
