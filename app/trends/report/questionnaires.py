"""The last scores of each questionnaire, and whether the change from the first counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.journal.kinds.instruments import INSTRUMENTS
from app.trends.metrics import BetterDirection, MetricUnit
from app.trends.report.answers import ReportAnswers
from app.trends.report.footnotes import Footnotes
from app.trends.report.numerals import NOTHING, number, signed, written_date
from app.trends.report.shared_kinds import SharedKinds
from app.trends.report.wording import BANDS, VERDICTS, in_words
from app.trends.schemas.assessments import AssessmentScore, AssessmentTrend, ScoreChange
from app.trends.statistics.reliable_change import ChangeVerdict

MOST_SCORES = 3


@dataclass(frozen=True, slots=True)
class ListedScore:
    """One questionnaire that was filled in."""

    date: str
    score: str
    band: str


@dataclass(frozen=True, slots=True)
class ListedInstrument:
    """Its last scores, oldest first, and the last one against the first of the window."""

    name: str
    range: str
    scores: Sequence[ListedScore]
    change: str
    since: str
    reliable: str
    meaningful: str
    marks: str


@dataclass(frozen=True, slots=True)
class Questionnaires:
    """One row an instrument, which way is better, and who says from where a change counts."""

    rows: Sequence[ListedInstrument]
    better: str
    citations: Sequence[str]


def questionnaires(
    answers: ReportAnswers, footnotes: Footnotes, shared: SharedKinds
) -> Questionnaires | str:
    """The questionnaires of the window, or why there are none."""
    if not answers.assessments:
        return _absence(answers.untrended, shared)
    return Questionnaires(
        rows=[_listed(answer, footnotes) for answer in answers.assessments],
        better=_better(answers.assessments),
        citations=[text for answer in answers.assessments for text in _citations(answer)],
    )


def _absence(untrended: Sequence[str], shared: SharedKinds) -> str:
    trended = "No questionnaire with a trend" if untrended else "No questionnaire"
    filled = f" Filled in: {', '.join(untrended).upper()}." if untrended else ""
    return shared.absence(trended, "Questionnaires", "assessment") + filled


def _listed(answer: AssessmentTrend, footnotes: Footnotes) -> ListedInstrument:
    history = answer.assessment
    scored = [score for score in history.scores if score.status == "scored"]
    change = scored[-1].from_first if scored else None
    return ListedInstrument(
        name=_name(answer),
        range=_range(answer),
        scores=[_score(score, answer.unit) for score in history.scores[-MOST_SCORES:]],
        change=NOTHING if change is None else signed(change.change, 0),
        since="" if change is None else _since(scored[0], answer.unit),
        reliable=_verdict(change, "reliable"),
        meaningful=_verdict(change, "meaningful"),
        marks=footnotes.marks(answer.caveats),
    )


def _range(answer: AssessmentTrend) -> str:
    if answer.unit is MetricUnit.PERCENT:
        return "%"
    return f"0–{INSTRUMENTS[answer.assessment.instrument].highest_total}"


def _better(answers: Sequence[AssessmentTrend]) -> str:
    high = [_name(answer) for answer in answers if answer.better is BetterDirection.HIGHER]
    if not high:
        return "Lower scores are better."
    others = "" if len(high) == len(answers) else ", of the others lower ones"
    return f"Of {', '.join(high)} higher scores are better{others}."


def _name(answer: AssessmentTrend) -> str:
    return answer.assessment.instrument.upper()


def _score(score: AssessmentScore, unit: MetricUnit) -> ListedScore:
    value = _value(score, unit)
    return ListedScore(
        date=written_date(score.date),
        score="incomplete" if value is None else number(value),
        band="" if score.band is None else BANDS.get(score.band) or in_words(score.band),
    )


def _since(first: AssessmentScore, unit: MetricUnit) -> str:
    return f"from {number(_value(first, unit) or 0)}"


def _value(score: AssessmentScore, unit: MetricUnit) -> int | None:
    return score.percent if unit is MetricUnit.PERCENT else score.total


def _verdict(change: ScoreChange | None, use: str) -> str:
    verdict: ChangeVerdict | None = getattr(change, use, None)
    return NOTHING if verdict is None else VERDICTS[verdict]


def _citations(answer: AssessmentTrend) -> list[str]:
    return [
        f"{_name(answer)}, {constant.use} from {number(constant.points)}: {constant.citation}"
        for constant in answer.assessment.constants
    ]
