"""The foot of the page: where each metric goes, how it was computed, and what to beware of."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.trends.metrics import METRICS
from app.trends.report.answers import ReportAnswers
from app.trends.report.footnotes import Footnote, Footnotes
from app.trends.report.numerals import NOTHING, of_days, signed
from app.trends.report.shared_kinds import SharedKinds
from app.trends.report.wording import CHANGE_WORDS, METHOD_NAMES, METRIC_NAMES, Remark
from app.trends.schemas.envelope import Caveat
from app.trends.schemas.slope import SlopeTrend
from app.trends.series import CORE_KINDS

FLAT = 0.095
"""Where no end of an interval reaches this a week, slopes are written with a third decimal."""

LEAST_SHOWN = 0.005
"""What is smaller reads as 0 with two decimals."""

MOST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Direction:
    """One metric: the words, the slope a week and its interval."""

    name: str
    better: str
    words: str
    slope: str
    interval: str
    days: str
    marks: str


@dataclass(frozen=True, slots=True)
class Foot:
    """What the page ends with."""

    directions: Sequence[Direction] | str
    without: str | None
    methods: str
    footnotes: Sequence[Footnote]


def foot(answers: ReportAnswers, footnotes: Footnotes, shared: SharedKinds) -> Foot:
    """A row for each metric that has a value; the others are named in a sentence."""
    rows = [
        _direction(answer, footnotes, answers.window.n_days)
        for answer in answers.slopes
        if answer.n_days
    ]
    return Foot(
        directions=rows or shared.absence("No day has a value", "Daily entries", *CORE_KINDS),
        without=_without(answers, shared),
        methods=_methods(answers),
        footnotes=footnotes.listed(),
    )


def _direction(answer: SlopeTrend, footnotes: Footnotes, window_days: int) -> Direction:
    slope = answer.slope
    tied = _is_tied(answer)
    ends = None if tied else slope.ci95_per_week
    digits = _digits(ends or ())
    return Direction(
        name=METRIC_NAMES[answer.metric],
        better=answer.better,
        words=CHANGE_WORDS[slope.words],
        slope=NOTHING if slope.slope_per_week is None else signed(slope.slope_per_week, digits),
        interval=NOTHING if ends is None else " to ".join(signed(end, digits) for end in ends),
        days=of_days(answer.n_days, window_days),
        marks=footnotes.marks(answer.caveats, remarks=[Remark.TIED] if tied else []),
    )


def _digits(ends: Sequence[float]) -> int:
    """Two, three where all is small, and more where an end that is not 0 would be printed as 0."""
    sizes = [abs(end) for end in ends if end]
    if not sizes:
        return 2
    digits = 3 if max(sizes) < FLAT or min(sizes) < LEAST_SHOWN else 2
    while digits < MOST_DIGITS and not float(f"{min(sizes):.{digits}f}"):
        digits += 1
    return digits


def _is_tied(answer: SlopeTrend) -> bool:
    """Whether equal pairs make the interval nothing but 0, which would read as certainty."""
    ends = answer.slope.ci95_per_week
    return ends is not None and not any(ends) and Caveat.CONSTANT not in answer.caveats


def _without(answers: ReportAnswers, shared: SharedKinds) -> str | None:
    """The shared metrics that no day has a value of, when others have one."""
    empty = [
        METRIC_NAMES[answer.metric].lower()
        for answer in answers.slopes
        if not answer.n_days and shared.any(METRICS[answer.metric].kind)
    ]
    some = len(empty) < len(answers.slopes)
    return f"Without a value: {', '.join(empty)}." if empty and some else None


def _methods(answers: ReportAnswers) -> str:
    """Each method once, under the one version that all have."""
    used = dict.fromkeys(METHOD_NAMES[answer.method.name] for answer in answers.all())
    version = answers.coverage.method.version
    return f"Methods, version {version}: {', '.join(used)}."
