"""Answers from day tables are those from headlines, to the byte."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.journal.digests import month_of
from app.journal.kinds import Headline
from app.journal.months import Months
from app.journal.scope import Scope
from app.trends.day_tables import DayTables
from app.trends.metrics import Metric
from app.trends.questions import Question
from app.trends.series import JournalDays
from app.trends.service import Trends
from app.trends.source import Seen
from app.trends.tabulation import TABULATION, tabulated
from app.trends.window import Window
from app.vault import SealBroken
from tests.clocks import SetClock
from tests.trends.journals import random_journal, seeded
from tests.trends.kept_journal import ACCOUNT, KeptJournal
from tests.trends.questions_asked import every_question

FIRST = date(2026, 1, 5)
N_DAYS = 150
PINNED = {2: "ef73e4b7042dde49"}
"""Of each version of the tables, the beginning of the digest of one."""


def of_days() -> list[Question]:
    """Every question that tables suffice for."""
    return [each for each in every_question(FIRST) if each.days_suffice]


def months_of(headlines: list[Headline]) -> dict[date, list[Headline]]:
    """The headlines of each month."""
    months: dict[date, list[Headline]] = defaultdict(list)
    for headline in headlines:
        months[month_of(headline.local_date)].append(headline)
    return months


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sets(st.integers(1, 6)), st.integers(0, 80), st.integers(1, 70))
def test_any_months_may_come_as_tables(
    seed: int, tabled: set[int], start: int, n_days: int
) -> None:
    seen = random_journal(seeded(seed), N_DAYS, FIRST)
    window = Window(FIRST + timedelta(start), FIRST + timedelta(start + n_days - 1), "UTC")
    for question in of_days():
        first, last = question.reach.first(window), question.reach.last(window)
        assert first
        assert last
        read = [each for each in seen if each.kind in question.kinds]
        inside = [each for each in read if first <= each.local_date <= last]
        texts = [
            tabulated(here) for month, here in months_of(seen).items() if month.month in tabled
        ]
        rest = [each for each in inside if each.local_date.month not in tabled]
        tables = DayTables(texts, first.toordinal(), last.toordinal())
        expected = question.json(JournalDays(inside), window)
        assert question.json(JournalDays(rest, tables), window) == expected


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_a_table_knows_no_order(seed: int) -> None:
    seen = random_journal(seeded(seed), 30, FIRST)
    assert tabulated(seen) == tabulated(seeded(seed + 1).sample(seen, len(seen)))


def test_the_same_headlines_give_another_table_only_with_another_version() -> None:
    text = tabulated(random_journal(seeded(14), 30, FIRST))
    assert sha256(text).hexdigest()[:16] == PINNED[TABULATION.version]


RAGGED = b"[[1,2],[3.0],[1],[3.0],[3.0]]"


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"\n" * 8, b"\n".join([b"[1]"] * 9), b"\n".join([RAGGED] * 9)]
)
def test_what_is_no_table_is_refused(text: bytes) -> None:
    with pytest.raises(SealBroken):
        JournalDays([], DayTables([text], 1, 10**6)).series(Metric.MOOD)


class Tabled(KeptJournal):
    """Hands over tables wherever it is asked for days."""

    async def days(
        self, scope: Scope, first: date, last: date, begun: Months | None = None
    ) -> Seen:
        texts = [tabulated(here) for here in months_of(self.kept).values()]
        return Seen((0, 1), [], DayTables(texts, first.toordinal(), last.toordinal()))


@pytest.mark.anyio
@pytest.mark.parametrize(
    "limits",
    [
        {"kinds": frozenset({"mood"})},
        {"first": FIRST + timedelta(20)},
        {"last": FIRST + timedelta(40)},
    ],
    ids=["kinds", "first", "last"],
)
async def test_a_narrow_scope_gets_no_tables(limits: dict[str, Any]) -> None:
    """They tell of everything: a scope that is not everything is answered from headlines."""
    seen = random_journal(seeded(3), N_DAYS, FIRST)
    scope = replace(Scope.of_patient(ACCOUNT), **limits)
    clock = SetClock(datetime.fromisoformat("2026-06-03T12:00:00+00:00"))
    for question in of_days():
        days = FIRST + timedelta(10), FIRST + timedelta(60)
        told = [
            (await Trends(source, clock).answer(scope, question, *days, lambda _: False)).body
            for source in (KeptJournal(seen), Tabled(seen))
        ]
        assert told[0] is not None
        assert told[1] is not None
        assert told[0].plain == told[1].plain
