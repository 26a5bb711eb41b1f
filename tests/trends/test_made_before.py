"""An answer that costs little is kept when it is asked for again, a dear one at once."""

from uuid import uuid4

import pytest

from app.journal.store_ready import MOST_KEPT, Stamp
from app.trends import made_before, questions
from app.trends.made_before import MadeBefore
from app.trends.metrics import Metric
from app.trends.questions import Question
from tests.service import Patient, an_entry
from tests.trends.ready_patient import Ready, outcomes

pytestmark = pytest.mark.anyio
MOOD = questions.daily(Metric.MOOD)
CHEAP = (
    MOOD,
    questions.weekday(Metric.MOOD),
    questions.coverage(),
    questions.assessments("isi"),
    questions.events(notes=True),
)
DEAR = (
    questions.summary(),
    questions.slope(Metric.MOOD),
    questions.response(Metric.MOOD, 7, 14),
    questions.table(),
    questions.flashbacks(None),
)


@pytest.fixture
def usual(ready: Ready) -> Ready:
    """As the service keeps them."""
    answers = ready.trends._ready
    assert answers is not None
    answers._made_before = MadeBefore()
    return ready


async def kept_after(ready: Ready, question: Question, times: int) -> int:
    """How many answers are kept after a question was asked so often."""
    for _ in range(times):
        await ready.ask(question)
        await ready.settle()
    return len(await ready.rows())


@pytest.mark.parametrize("question", CHEAP, ids=lambda each: each.operation)
async def test_a_cheap_answer_is_kept_when_it_is_asked_for_again(
    usual: Ready, question: Question
) -> None:
    before = outcomes()["once"]
    assert await kept_after(usual, question, 1) == 0
    assert outcomes()["once"] == before + 1
    assert await kept_after(usual, question, 1) == 1
    served = outcomes()["served"]
    assert await usual.ask(question) == await usual.anew(question)
    assert outcomes()["served"] == served + 1
    assert outcomes()["once"] == before + 1


@pytest.mark.parametrize("question", DEAR, ids=lambda each: each.operation)
async def test_a_dear_one_is_kept_at_once(usual: Ready, question: Question) -> None:
    assert await kept_after(usual, question, 1) == 1


async def test_after_a_change_it_begins_anew(usual: Ready, patient: Patient) -> None:
    assert await kept_after(usual, MOOD, 2) == 1
    await patient.save(an_entry(score=1))
    (old,) = await usual.rows()
    assert await kept_after(usual, MOOD, 1) == 1
    assert await usual.rows() == [old]
    assert await usual.ask(MOOD) == await usual.anew(MOOD)
    await usual.settle()
    (new,) = await usual.rows()
    assert new["head"] == old["head"] + 1


async def test_a_client_that_has_the_answer_makes_nothing_of_it(usual: Ready) -> None:
    tag = (await usual.ask(MOOD))[0]
    made = outcomes()["once"]
    reply = await usual.trends.answer(usual.scope, MOOD, None, None, lambda known: known == tag)
    assert (reply.tag, reply.body) == (tag, None)
    assert outcomes()["once"] == made


def test_of_a_patient_as_many_questions_are_remembered_as_answers_are_kept() -> None:
    seen, stamp, account = MadeBefore(), Stamp(0, 1, 1, "1"), uuid4()
    first, *others = (uuid4().hex for _ in range(MOST_KEPT + 1))
    assert not seen(account, first, stamp)
    assert seen(account, first, stamp)
    assert not seen(account, first, stamp._replace(head=2))
    assert seen(account, first, stamp._replace(head=2))
    for each in others[1:]:
        assert not seen(account, each, stamp)
    assert seen(account, first, stamp._replace(head=2))  # and is the newest now
    assert not seen(account, others[0], stamp)
    assert not seen(account, others[1], stamp)  # which was the oldest
    assert seen(account, first, stamp._replace(head=2))


def test_who_asked_longest_ago_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_before, "MOST_REMEMBERED", 3)
    seen, stamp, question = MadeBefore(), Stamp(0, 1, 1, "1"), uuid4().hex
    accounts = [uuid4() for _ in range(4)]
    for each in accounts[:3]:
        assert not seen(each, question, stamp)
    assert seen(accounts[0], question, stamp)  # who has asked last now
    assert not seen(accounts[3], question, stamp)
    assert not seen(accounts[1], question, stamp)
    assert seen(accounts[0], question, stamp)
    assert seen(accounts[3], question, stamp)
