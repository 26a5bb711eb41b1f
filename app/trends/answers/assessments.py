"""`getAssessmentTrend`."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from app.journal.kinds import AssessmentHeadline
from app.journal.kinds.instruments import INSTRUMENTS
from app.trends import plain
from app.trends.answers.envelope import Members, envelope, method, ok_from
from app.trends.change_constants import CHANGE_CONSTANTS, ChangeRow, ChangeTable
from app.trends.metrics import BetterDirection, MetricUnit
from app.trends.schemas.assessments import (
    AssessmentHistory,
    AssessmentScore,
    AssessmentTrend,
    ChangeConstant,
    ChangeUse,
    ScoreChange,
    TrendInstrument,
)
from app.trends.schemas.envelope import Caveat, MethodName
from app.trends.series import JournalDays, day_of
from app.trends.statistics.reliable_change import ChangeVerdict, verdict
from app.trends.window import Window

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """How the scores of one instrument are read and which changes of them count."""

    instrument: str
    unit: MetricUnit
    better: BetterDirection
    rows: Sequence[ChangeRow]

    def value(self, entry: AssessmentHeadline) -> int | None:
        """The number whose change is judged; None for an incomplete questionnaire."""
        return entry.percent if self.unit is MetricUnit.PERCENT else entry.total

    def change(self, earlier: float, later: float) -> ScoreChange:
        """The change and, for each use with a checked constant, whether it counts."""
        change, sign = later - earlier, self.better.sign
        verdicts = {row.use: verdict(change, sign, counts=row.counts(change)) for row in self.rows}
        return ScoreChange(change=change, **verdicts)


def score_rule(instrument: str, table: ChangeTable) -> ScoreRule:
    """Percent and better high where the instrument has a percentage, else points, better low."""
    rows = table.checked(instrument)
    if INSTRUMENTS[instrument].percent_factor is not None:
        return ScoreRule(instrument, MetricUnit.PERCENT, BetterDirection.HIGHER, rows)
    return ScoreRule(instrument, MetricUnit.POINTS, BetterDirection.LOWER, rows)


def assessment_trend(
    journal: JournalDays,
    window: Window,
    instrument: TrendInstrument,
    table: ChangeTable = CHANGE_CONSTANTS,
) -> AssessmentTrend:
    """The scores of one questionnaire in the window, by date, and which of their changes count.

    Changes are against the first and the previous score of the window; overlaps of the recall
    period against any earlier entry of the instrument.
    """
    rule = score_rule(instrument, table)
    entries = [e for e in journal.assessments() if e.instrument == instrument]
    shown = sorted((e for e in entries if e.local_date in window), key=day_of)
    scored = [entry for entry in shown if rule.value(entry) is not None]
    days = sorted({day_of(entry) for entry in scored})
    scores = list(_scores(shown, _overlapping(entries), rule))
    values = [rule.value(entry) or 0 for entry in scored]
    return AssessmentTrend(
        unit=rule.unit,
        better=rule.better,
        **envelope(
            window,
            days,
            ok_from(days),
            method(MethodName.ASSESSMENT_CHANGE, {"constants_version": table.version}),
            plain.assessment(values, rule.unit, _last_verdict(scores)),
            _caveats(scores),
        ),
        assessment=AssessmentHistory(
            instrument=instrument,
            scores=scores,
            constants=[
                ChangeConstant(use=ChangeUse(row.use), points=points, citation=row.citation)
                for row in rule.rows
                if (points := row.threshold()) is not None
            ],
        ),
    )


def _scores(
    shown: Sequence[AssessmentHeadline], overlapping: Collection[str], rule: ScoreRule
) -> Iterator[AssessmentScore]:
    """The window's entries by date and then instant, each against the first and the previous."""
    first: int | None = None
    previous: int | None = None
    for entry in shown:
        value = rule.value(entry)
        changed = value is not None and first is not None
        yield _score(
            entry,
            overlaps=entry.id in overlapping,
            from_first=rule.change(first or 0, value or 0) if changed else None,
            from_previous=rule.change(previous or 0, value or 0) if changed else None,
        )
        if value is not None:
            first, previous = value if first is None else first, value


def _score(
    entry: AssessmentHeadline,
    *,
    overlaps: bool,
    from_first: ScoreChange | None,
    from_previous: ScoreChange | None,
) -> AssessmentScore:
    told: Members = {
        "entry_id": entry.id,
        "date": entry.local_date,
        "status": entry.status,
        "total": entry.total,
        "percent": entry.percent,
        "average": entry.average,
        "band": entry.band,
        "prorated": entry.prorated,
    }
    return AssessmentScore(
        **told,
        recall_overlaps_previous=overlaps,
        from_first=from_first,
        from_previous=from_previous,
    )


def _overlapping(entries: Sequence[AssessmentHeadline]) -> set[str]:
    """Ids of those, in order of instant, that come sooner than the recall period after another.

    In days of 24 hours, whatever dates the clocks of their zones show.
    """
    return {
        entry.id
        for previous, entry in pairwise(entries)
        if entry.instant - previous.instant
        < timedelta(hours=INSTRUMENTS[entry.instrument].recall_days * HOURS_A_DAY)
    }


def _caveats(scores: Sequence[AssessmentScore]) -> set[Caveat]:
    found = set()
    if any(score.prorated for score in scores):
        found.add(Caveat.PRORATED)
    if any(score.recall_overlaps_previous for score in scores):
        found.add(Caveat.RECALL_OVERLAP)
    return found


def _last_verdict(scores: Sequence[AssessmentScore]) -> ChangeVerdict | None:
    """Whether the last change from the first is reliable, where a constant tells."""
    changes = [score.from_first for score in scores if score.from_first is not None]
    return changes[-1].reliable if changes else None
