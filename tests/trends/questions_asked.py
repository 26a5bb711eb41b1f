"""Every operation asked of a journal, for tests that hold of all of them."""

from collections.abc import Callable, Sequence
from datetime import date

from app.journal.kinds import Headline
from app.trends import questions
from app.trends.answers.assessments import assessment_trend
from app.trends.answers.coverage import logging_coverage
from app.trends.answers.daily import daily_trend
from app.trends.answers.flashbacks import flashback_trend
from app.trends.answers.session_response import session_response
from app.trends.answers.session_table import session_table
from app.trends.answers.slope import slope_trend
from app.trends.answers.summary import trend_summary
from app.trends.answers.timeline import timeline
from app.trends.answers.weekday import weekday_pattern
from app.trends.metrics import METRICS, Metric
from app.trends.schemas.envelope import TrendAnswer
from app.trends.series import JournalDays
from app.trends.window import Window

Ask = Callable[[JournalDays, Window], TrendAnswer]


def _of(metric: Metric) -> dict[str, Ask]:
    return {
        f"daily {metric}": lambda seen, window: daily_trend(seen, window, metric),
        f"slope {metric}": lambda seen, window: slope_trend(seen, window, metric),
        f"response {metric}": lambda seen, window: session_response(seen, window, metric),
        f"weekday {metric}": lambda seen, window: weekday_pattern(seen, window, metric),
    }


def _with_comparison(seen: JournalDays, window: Window) -> TrendAnswer:
    middle = window.first + (window.last - window.first) / 2
    return flashback_trend(seen, window, middle)


ASKED: dict[str, Ask] = {
    **{name: ask for metric in METRICS for name, ask in _of(metric).items()},
    "summary": trend_summary,
    "table": session_table,
    "flashbacks": flashback_trend,
    "flashbacks compared": _with_comparison,
    "assessments": lambda seen, window: assessment_trend(seen, window, "phq-9"),
    "coverage": logging_coverage,
    "timeline": timeline,
}


def text_of(answer: TrendAnswer) -> str:
    """An answer as a client reads it."""
    return answer.model_dump_json(exclude_none=True)


def all_answers(seen: Sequence[Headline], window: Window) -> dict[str, str]:
    """Every answer as text, by the name of its question."""
    journal = JournalDays(seen)
    return {name: text_of(ask(journal, window)) for name, ask in ASKED.items()}


def every_question(compared_on: date) -> list[questions.Question]:
    """Every question, over all metrics."""
    of_metrics = [
        ask(metric)
        for metric in Metric
        for ask in (
            questions.daily,
            questions.slope,
            questions.weekday,
            lambda metric: questions.response(metric, 28, 42),
        )
    ]
    return [
        *of_metrics,
        questions.summary(),
        questions.table(),
        questions.flashbacks(compared_on),
        questions.assessments("phq-9"),
        questions.coverage(),
        questions.events(notes=True),
    ]
