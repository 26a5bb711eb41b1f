"""What is read for an answer, and under which scope."""

from datetime import UTC, date, datetime, timedelta

import anyio
import pytest

from app.journal.kinds import Headline
from app.journal.scope import Scope
from app.trends import questions
from app.trends.series import JournalDays
from app.trends.service import READ_AT_ONCE, Trends
from app.trends.window import Window
from tests.clocks import SetClock
from tests.trends.journals import random_journal, seeded
from tests.trends.kept_journal import ACCOUNT, KeptJournal
from tests.trends.questions_asked import every_question, text_of

pytestmark = pytest.mark.anyio

TODAY = date(2026, 4, 8)
NOW = datetime(2026, 4, 8, 12, tzinfo=UTC)


@pytest.fixture
def journal() -> KeptJournal:
    """A hundred random days that end today."""
    seen = random_journal(seeded(8), 100, TODAY - timedelta(days=99))
    return KeptJournal(seen, "America/New_York")


async def test_what_is_read_is_enough_and_the_whole_journal_answers_the_same(
    journal: KeptJournal,
) -> None:
    """Only some kinds and dates are read: more of them would change no byte."""
    scope = Scope.of_patient(ACCOUNT)
    trends = Trends(journal, SetClock(NOW))
    first, last = TODAY - timedelta(days=60), TODAY - timedelta(days=20)
    for question in every_question(TODAY - timedelta(days=30)):
        reply = await trends.answer(scope, question, first, last, lambda _: False)
        state = await journal.journal_state(scope)
        window = Window(first, last, state.time_zone)
        whole = text_of(question.answer(JournalDays(journal.kept), window))
        assert reply.body is not None
        assert reply.body.plain.decode() == whole, question.operation


async def test_a_narrow_scope_reads_nothing_outside_itself(journal: KeptJournal) -> None:
    narrow = Scope(
        account_id=ACCOUNT,
        kinds=frozenset({"mood", "session"}),
        first=TODAY - timedelta(days=50),
        last=TODAY - timedelta(days=5),
        notes=False,
        signals=False,
        item_answers=False,
    )
    held: list[Headline] = [e for e in journal.kept if narrow.holds(e.kind, e.local_date)]
    alone = KeptJournal(held, journal.state.time_zone)
    for question in every_question(TODAY - timedelta(days=30)):
        answers = [
            await Trends(source, SetClock(NOW)).answer(
                narrow, question, None, None, lambda _: False
            )
            for source in (journal, alone)
        ]
        bodies = [each.body.plain for each in answers if each.body]
        assert len(bodies) == len(answers)
        assert bodies[0] == bodies[1]
    assert all(kinds <= narrow.kinds for kinds, _, _ in journal.reads)


async def test_those_who_wait_for_a_heavy_answer_have_read_nothing(journal: KeptJournal) -> None:
    trends, scope = Trends(journal, SetClock(NOW)), Scope.of_patient(ACCOUNT)
    answered = 0

    async def ask() -> None:
        nonlocal answered
        await trends.answer(scope, questions.summary(), None, None, lambda _: False)
        assert len(journal.reads) <= answered + READ_AT_ONCE
        answered += 1

    async with anyio.create_task_group() as group:
        for _ in range(12):
            group.start_soon(ask)
    assert (answered, len(journal.reads)) == (12, 12)
