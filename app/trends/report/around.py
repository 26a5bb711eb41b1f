"""Chart C: mood and anxiety laid over each other by days from the sessions."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.trends.report.answers import ReportAnswers
from app.trends.report.footnotes import Footnotes
from app.trends.report.numerals import MINUS, number
from app.trends.report.shared_kinds import SharedKinds
from app.trends.schemas.envelope import TrendStatus
from app.trends.schemas.session_response import CurvePoint, SessionResponse

NO_DAYS = "No session with a logged day around it"


@dataclass(frozen=True, slots=True)
class AlignedCurve:
    """One metric: for each offset the number of sessions, the median and the quartiles."""

    metric: str
    name: str
    points: Sequence[CurvePoint]


@dataclass(frozen=True, slots=True)
class Around:
    """What chart C draws."""

    curves: Sequence[AlignedCurve]
    n_sessions: int
    alt: str
    marks: str


def around(answers: ReportAnswers, footnotes: Footnotes, shared: SharedKinds) -> Around | str:
    """The chart of the days around the sessions, or why there is none."""
    told = [answer for answer in answers.around if answer.status is TrendStatus.OK]
    if not told:
        if not shared.any("mood", "anxiety"):
            return shared.absence("", "Mood and anxiety", "mood", "anxiety")
        return shared.absence(NO_DAYS, "Sessions", "session")
    return Around(
        curves=[
            AlignedCurve(answer.metric, answer.metric.capitalize(), answer.response.curve)
            for answer in told
        ],
        n_sessions=told[0].response.n_sessions,
        alt=" ".join(_told(answer) for answer in told),
        marks=footnotes.marks(*(answer.caveats for answer in told)),
    )


def _told(answer: SessionResponse) -> str:
    points = "; ".join(_point(point) for point in answer.response.curve if point.n_sessions)
    return f"Median {answer.metric} by day from the session: {points}."


def _point(point: CurvePoint) -> str:
    day = f"{'+' if point.offset > 0 else MINUS if point.offset < 0 else ''}{abs(point.offset)}"
    return f"{day}: {number(point.median or 0)} (n {point.n_sessions})"
