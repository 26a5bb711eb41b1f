"""Answers that nothing has changed under: looked up in one read, kept when they were computed.

An answer is of a journal at its head, of a revision of the profile, and of a date. While all three
stay, so does it. It is kept beside the requests, never before one is answered, and whatever keeps
it from being kept costs nothing but to compute it again. To keep one costs a write, which is more
than most take to compute: unless it is dear, an answer is kept when it is asked for again.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.database import Database, Transaction
from app.journal.months import Months
from app.journal.scope import Scope
from app.journal.store_ready import Stamp
from app.telemetry import READY_ANSWERS
from app.trends.journal_source import JournalSource
from app.trends.keeper import AnswerKeeper, Finished
from app.trends.kept_answer import KEPT_VERSION, KeptAnswer, index_of
from app.trends.made_before import MadeBefore
from app.trends.questions import Question
from app.trends.source import JournalState, Seen
from app.trends.span import date_lasts_until
from app.trends.store_standing import Standing, load_with_answer
from app.trends.window import Window
from app.vault import PatientKeys, SealBroken, Vault
from app.web.json_body import JsonBody
from app.web.problems import TokenInvalid


class Asking:
    """One question of a patient, and when it was asked."""

    def __init__(self, scope: Scope, index: str, now: datetime, *, dear: bool) -> None:
        """`now` decides what date it is from the beginning of a request to its end.

        `dear`: to compute the answer takes longer than to keep it.
        """
        self.scope = scope
        self.index = index
        self.now = now
        self.dear = dear


class Plan(NamedTuple):
    """What is to be answered, once it is known where the journal stands.

    `days`: the dates with whose tables to begin at once, if any.
    """

    window: Window
    tag: str
    days: tuple[date, date] | None


class Begun(NamedTuple):
    """Where the journal stands, and what was found there already of the planned days."""

    state: JournalState
    plan: Plan
    months: Months | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all that the answer rests on is here: to compute it waits for nothing."""
        months = self.months
        return months is not None and not (months.missing or months.stale or months.digests)


class ReadyAnswers:
    """One object a process."""

    def __init__(
        self, database: Database, vault: Vault, source: JournalSource, keeper: AnswerKeeper
    ) -> None:
        """`source` says where the journal stands when no answer is ready."""
        self._database = database
        self._vault = vault
        self._source = source
        self._made_before = MadeBefore()
        self.keeper = keeper

    def asking(
        self, scope: Scope, question: Question, first: date | None, last: date | None, now: datetime
    ) -> Asking | None:
        """A question whose answer may be kept; None for a scope that is not the patient's own."""
        if scope != Scope.of_patient(scope.account_id):
            return None
        index = index_of(self._vault, scope.account_id, question, first, last)
        return Asking(scope, index, now, dear=question.heavy)

    async def look(
        self, asking: Asking, plan_of: Callable[[JournalState], Plan]
    ) -> KeptAnswer | Begun:
        """The answer, or else what is needed to compute it. Raises TokenInvalid.

        An answer is opened even for a client that has it: else its tag would be a stranger's word.
        What `plan_of` raises is raised.
        """
        account_id = asking.scope.account_id

        async def work(transaction: Transaction) -> KeptAnswer | Begun:
            standing = await load_with_answer(
                transaction, account_id, asking.index, KEPT_VERSION, asking.now
            )
            if standing is None:
                raise TokenInvalid
            keys = await self._vault.patient(transaction, account_id)
            kept = _opened(keys, standing, asking)
            if kept is not None:
                return kept
            state = await self._source.state_in(
                transaction, asking.scope, keys, standing, asking.now
            )
            plan = plan_of(state)
            if plan.days is None:
                return Begun(state, plan)
            months = await self._source.begin_days(transaction, keys, state, *plan.days)
            return Begun(state, plan, months)

        found = await self._database.read(account_id, work, brief=True)
        READY_ANSWERS.add("served" if isinstance(found, KeptAnswer) else "made")
        return found

    def offer(
        self, asking: Asking, state: JournalState, seen: Seen, tag: str, body: JsonBody
    ) -> None:
        """Have a computed answer kept soon, if that is worth it and certain what it was made of."""
        if seen.state != (state.epoch, state.head):
            return
        stamp = Stamp(state.epoch, state.head, state.profile_revision, KEPT_VERSION)
        account_id = asking.scope.account_id
        if not self._made_before(account_id, asking.index, stamp) and not asking.dear:
            READY_ANSWERS.add("once")
            return
        until = date_lasts_until(asking.now, ZoneInfo(state.time_zone))
        answer = KeptAnswer(asking.now, until, tag, body)
        self.keeper.offer(Finished(account_id, asking.index, stamp, answer))


def _opened(keys: PatientKeys, standing: Standing, asking: Asking) -> KeptAnswer | None:
    """The ready answer, if there is one and it holds; one that does not open is as none."""
    if standing.answer is None:
        return None
    stamp = Stamp(standing.epoch, standing.head, standing.profile.revision, KEPT_VERSION)
    try:
        kept = KeptAnswer.opened(keys, asking.index, stamp, standing.answer)
    except SealBroken:
        return None
    return kept if kept.holds_at(asking.now) else None
