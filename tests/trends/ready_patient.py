"""One patient's ready answers seen from inside."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update

from app.database import Database
from app.journal.scope import Scope
from app.journal.store_ready import READY
from app.telemetry import READY_ANSWERS
from app.trends import questions
from app.trends.keeper import AnswerKeeper
from app.trends.metrics import Metric
from app.trends.questions import Question
from app.trends.service import TrendReply, Trends
from app.web.problems import InvalidRequest
from tests.journal.kept_digests import written
from tests.service import Patient, Service, an_entry
from tests.sharing.links import account_of

OF_ACCOUNT = READY.c.account_id == bindparam("account")
ALL = select(READY).where(OF_ACCOUNT).order_by(READY.c.serial)
ADVANCE = update(READY).where(OF_ACCOUNT)
DROP = delete(READY).where(OF_ACCOUNT)
DAILY = "/v1/trends/daily?metric=mood"
DAY = timedelta(days=1)

Reply = tuple[str, bytes | None] | str


class Ready:
    """The answers of one patient, and the questions that are asked of them."""

    def __init__(self, service: Service, account_id: UUID) -> None:
        """Of this service every answer is kept that is made, the first of its kind too."""
        self.service = service
        self.account_id = account_id
        self.scope = Scope.of_patient(account_id)
        self.trends: Trends = service.app.state.provided[Trends]
        self.keeper: AnswerKeeper = service.app.state.provided[AnswerKeeper]
        keep_the_first(self.trends)
        self.database: Database = self.keeper._database

    async def rows(self) -> list[dict[str, Any]]:
        """What is kept, the oldest first."""
        bound = {"account": self.account_id}
        found = await self.database.read(self.account_id, lambda work: work.fetch(ALL, bound))
        return [dict(zip(READY.c.keys(), row, strict=True)) for row in found]

    async def change(self, **values: Any) -> None:
        """Put other values into every row."""
        statement = ADVANCE.values(values)
        bound = {"account": self.account_id}
        await self.database.write(self.account_id, lambda work: work.execute(statement, bound))

    async def ask(
        self, question: Question, first: date | None = None, last: date | None = None
    ) -> Reply:
        """Tag and body as the service gives them, or the codes of what is wrong."""
        return await _told(self.trends, self.scope, question, first, last)

    async def anew(
        self, question: Question, first: date | None = None, last: date | None = None
    ) -> Reply:
        """The same, computed."""
        fresh = Trends(self.trends._journal, self.service.clock)
        return await _told(fresh, self.scope, question, first, last)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Nothing is kept meanwhile, nor of what was computed meanwhile."""
        async with self.keeper._turn:
            yield
            self.keeper._waiting.clear()

    async def settle(self) -> None:
        """Let everything be kept that waits for it."""
        await self.keeper.settle()


def keep_the_first(trends: Trends) -> None:
    """As if each answer had been made before."""
    ready: Any = trends._ready
    ready._made_before = lambda *_: True


async def ready_of(service: Service, patient: Patient) -> Ready:
    """The answers of a patient."""
    return Ready(service, await account_of(service, patient))


async def some_days(patient: Patient, today: date, number: int = 8) -> list[dict[str, Any]]:
    """A mood a day; what was saved."""
    drafts = [an_entry(**written(today - each * DAY)) for each in range(number)]
    return [(await patient.save(draft))["entry"] for draft in drafts]


def outcomes() -> Counter[str]:
    """How often each thing happened so far."""
    return Counter({labels[0]: count for labels, count in READY_ANSWERS.counts.items()})


def every_question(today: date) -> list[tuple[Question, date | None, date | None]]:
    """All of them, with their default windows and with others."""
    asked = [
        questions.daily(Metric.MOOD),
        questions.summary(),
        questions.slope(Metric.MOOD),
        questions.response(Metric.MOOD, 7, 14),
        questions.table(),
        questions.flashbacks(None),
        questions.assessments("isi"),
        questions.weekday(Metric.MOOD),
        questions.coverage(),
        questions.events(notes=True),
    ]
    return [
        *((each, None, None) for each in asked),
        (asked[0], today - 30 * DAY, today),
        (asked[0], today - 30 * DAY, today + DAY),
        (asked[0], None, today + 2 * DAY),
        (questions.daily(Metric.ANXIETY), today - 30 * DAY, None),
        (questions.flashbacks(today - DAY), None, None),
    ]


async def _told(
    trends: Trends, scope: Scope, question: Question, first: date | None, last: date | None
) -> Reply:
    try:
        reply: TrendReply = await trends.answer(scope, question, first, last, lambda _: False)
    except InvalidRequest as wrong:
        return repr(wrong.faults)
    return reply.tag, reply.body.plain if reply.body else None
