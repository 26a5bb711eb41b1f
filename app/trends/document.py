"""The trend summary of a share: the same answers, as if the journal held nothing but the scope."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any, get_args

from msgspec.structs import replace

from app.journal.kinds import AssessmentHeadline, DissociationHeadline, Headline
from app.journal.kinds.registry import KindName
from app.journal.scope import Scope
from app.trends.answers.assessments import assessment_trend
from app.trends.answers.coverage import logging_coverage
from app.trends.answers.daily import daily_trend
from app.trends.answers.envelope import Members
from app.trends.answers.flashbacks import flashback_trend
from app.trends.answers.session_response import session_response
from app.trends.answers.session_table import session_table
from app.trends.answers.slope import slope_trend
from app.trends.answers.summary import trend_summary
from app.trends.answers.timeline import timeline
from app.trends.answers.weekday import weekday_pattern
from app.trends.caveats import in_order
from app.trends.metrics import METRICS, Metric
from app.trends.schemas.assessments import TrendInstrument
from app.trends.schemas.document import DocumentMode, DocumentScope, TrendDocument
from app.trends.schemas.envelope import Caveat, TrendAnswer
from app.trends.series import CORE_KINDS, JournalDays
from app.trends.shared_windows import shared_window, timeline_window
from app.trends.window import Window

KINDS: tuple[KindName, ...] = get_args(KindName.__value__)
INSTRUMENTS: tuple[TrendInstrument, ...] = get_args(TrendInstrument.__value__)


def trend_document(  # noqa: PLR0913  # what a share knows of itself, each by its name
    headlines: Iterable[Headline],
    scope: Scope,
    *,
    today: date,
    zone: str,
    generated_at: datetime,
    mode: DocumentMode,
    rename: Callable[[str], str] = str,
) -> TrendDocument:
    """All answers over the dates of the scope up to `today`, at most 731 of them.

    The timeline runs on to the end of the scope, for planned sessions. Nothing outside the scope is
    read even if it is passed. `rename` maps entry ids to those of the share. `generated_at` is
    aware.
    """
    seen = [_renamed(each, rename) for each in headlines if scope.holds(each.kind, each.local_date)]
    window = shared_window(seen, scope, today, zone)
    events = timeline_window(window, scope, today)
    answers = _Answers(JournalDays(seen), window, events, scope).members()
    return TrendDocument(
        format="afterglow-trends",
        version=1,
        generated_at=_written(generated_at),
        mode=mode,
        scope=DocumentScope(
            kinds=[kind for kind in KINDS if kind in scope.kinds],
            from_=window.first,
            to=max(scope.last or window.last, window.first),
            include_notes=scope.notes,
            include_signals=scope.signals,
            include_assessment_item_answers=scope.item_answers,
        ),
        time_zone=zone,
        not_monitored=True,
        caveats=in_order(_caveats(answers, window)),
        **answers,
    )


def trend_document_schema() -> dict[str, Any]:
    """The JSON Schema of the document, to be published. (A schema is untyped JSON, hence Any.)"""
    return TrendDocument.model_json_schema(by_alias=True, mode="serialization")


@dataclass(frozen=True, slots=True)
class _Answers:
    """The answers that the shared kinds allow, by the names the document gives them."""

    journal: JournalDays
    window: Window
    events: Window
    scope: Scope

    def members(self) -> Members:
        """Only what is there; the scope's kinds decide, never what was logged."""
        found = {
            **(self._of_days() if self._shared(*CORE_KINDS) else {}),
            **(self._of_sessions() if self._shared("session") else {}),
        }
        if self._shared("flashback"):
            found["flashbacks"] = flashback_trend(self.journal, self.window)
        if self._shared("assessment"):
            found["assessments"] = self._assessments()
        if self._shared("session", "assessment") or self.scope.notes:
            notes = self.scope.notes
            found["timeline"] = timeline(self.journal, self.events, notes=notes)
        return found

    def _of_days(self) -> Members:
        asked = self.journal, self.window
        return {
            "summary": trend_summary(*asked),
            "coverage": logging_coverage(*asked),
            "daily": [daily_trend(*asked, metric) for metric in self._metrics()],
            "slopes": [slope_trend(*asked, metric) for metric in self._metrics()],
            "weekday": [weekday_pattern(*asked, metric) for metric in self._metrics()],
        }

    def _of_sessions(self) -> Members:
        asked = self.journal, self.window
        found: Members = {"sessions": session_table(*asked)}
        lines = [session_response(*asked, metric) for metric in self._metrics()]
        return found | ({"session_response": lines} if lines else {})

    def _assessments(self) -> list[TrendAnswer]:
        """One for each instrument that the scope holds an entry of."""
        told = {e.instrument for e in self.journal.headlines if isinstance(e, AssessmentHeadline)}
        asked = self.journal, self.window
        return [assessment_trend(*asked, code) for code in INSTRUMENTS if code in told]

    def _metrics(self) -> list[Metric]:
        return [metric for metric, rule in METRICS.items() if self._shared(rule.kind)]

    def _shared(self, *kinds: str) -> bool:
        return not self.scope.kinds.isdisjoint(kinds)


def _renamed(headline: Headline, rename: Callable[[str], str]) -> Headline:
    if isinstance(headline, DissociationHeadline) and headline.session_id is not None:
        return replace(headline, id=rename(headline.id), session_id=rename(headline.session_id))
    return replace(headline, id=rename(headline.id))


def _caveats(answers: Members, window: Window) -> set[Caveat]:
    """Those of all answers; but that nothing was logged yet on days to come is no caveat."""
    lists = (told if isinstance(told, list) else [told] for told in answers.values())
    found: set[Caveat] = set()
    for answer in chain.from_iterable(lists):
        ahead = {Caveat.LOW_COVERAGE} if answer.window.to > window.last else set()
        found |= set(answer.caveats) - ahead
    return found


def _written(instant: datetime) -> str:
    """UTC, to the second."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
