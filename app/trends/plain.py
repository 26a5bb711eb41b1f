"""The one sentence of each answer: a number and its uncertainty, in words anybody reads.

No p value, no advice, no cause. "No clear change" is a normal answer and sounds like one.
"""

from collections.abc import Sequence

from app.trends.metrics import METRICS, Metric, MetricUnit
from app.trends.statistics.central import median
from app.trends.statistics.flashback_rate import FlashbackRate
from app.trends.statistics.reliable_change import ChangeVerdict
from app.trends.statistics.slope_words import MINIMUM_DAYS as DAYS_FOR_WORDS
from app.trends.statistics.slope_words import MINIMUM_SPAN_DAYS, ChangeWords
from app.trends.statistics.theil_sen import TrendLine
from app.trends.statistics.weekday import WeekdayWords

WEEK = 7
SESSIONS_FOR_MIDDLE = 2
COUNTED = {Metric.FLASHBACK_COUNT: "flashback", Metric.NIGHTMARES: "nightmare"}
TENTH, HUNDREDTH = 0.095, 0.0095
WEEKDAY_NAMES = (
    "Mondays",
    "Tuesdays",
    "Wednesdays",
    "Thursdays",
    "Fridays",
    "Saturdays",
    "Sundays",
)


def number(value: float) -> str:
    """One decimal; a second or third one where fewer would show nothing."""
    size = abs(value)
    digits = 1 if size >= TENTH else 2 if size >= HUNDREDTH else 3
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def counted(n: int, thing: str) -> str:
    """`1 day`, `2 days`."""
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def measured(value: float, thing: str) -> str:
    """`1 point`, `1.2 points`: one of a thing is what is written as 1."""
    written = number(value)
    return f"{written} {thing}" if written == "1" else f"{written} {thing}s"


def logged(n_days: int, window_days: int) -> str:
    """How many days have an entry."""
    return f"You logged {n_days} of {counted(window_days, 'day')}."


def days_with_value(metric: Metric, n_days: int, window_days: int) -> str:
    """How many days have a value; for mood, once there is one, in the sentence of the contract.

    Else the metric is named: there may be entries of other kinds on all of the days.
    """
    if metric is Metric.MOOD and n_days:
        return logged(n_days, window_days)
    named = metric.replace("_", " ")
    return f"There is a value for {named} on {n_days} of {counted(window_days, 'day')}."


def not_enough(n_days: int, needed: int) -> str:
    """How far it is to the first answer."""
    return f"Not enough days yet: {n_days} of {needed}."


def slope(
    metric: Metric, words: ChangeWords, line: TrendLine | None, days: Sequence[int], window: int
) -> str:
    """Where the number goes each week, over a window of so many calendar days."""
    if line is None or words is ChangeWords.NOT_ENOUGH_DAYS:
        return _too_early(days)
    if words is ChangeWords.NO_CLEAR_CHANGE:
        return _no_clear_change(days[-1] - days[0] + 1, window)
    size, ends = abs(line.slope) * WEEK, sorted((abs(line.low), abs(line.high)))
    range_ = f"likely {number(ends[0] * WEEK)} to {number(ends[1] * WEEK)}"
    rises = words is ChangeWords.CLEAR_RISE
    if METRICS[metric].unit is MetricUnit.COUNT:
        more = f"{'more' if rises else 'fewer'} {COUNTED[metric]}"
        return f"About {measured(size, more)} a day with each week ({range_})."
    points = measured(size, "point")
    return f"About {points} {'higher' if rises else 'lower'} each week ({range_})."


def _no_clear_change(span: int, window: int) -> str:
    """Of the whole window only where its first and its last day have a value."""
    if span == window:
        return f"No clear change over these {counted(window, 'day')}."
    return f"No clear change over the {counted(span, 'day')} from first to last entry."


def _too_early(days: Sequence[int]) -> str:
    n_days = len(days)
    if n_days < DAYS_FOR_WORDS:
        return not_enough(n_days, DAYS_FOR_WORDS)
    span = days[-1] - days[0] + 1
    if span <= MINIMUM_SPAN_DAYS:
        return f"Too early to tell: the entries span {span} of {MINIMUM_SPAN_DAYS + 1} days."
    return f"Too many open days to tell: {n_days} of {span} are logged."


def around_sessions(n_sessions: int, beside: Sequence[tuple[float, float]]) -> str:
    """The day before and the day after, over the sessions that have a value on both.

    Sessions with one of them are left out, for the two middle values would be of different
    sessions. Two at least: one session has no middle, and its days stand in the answer.
    """
    if not n_sessions:
        return "No session in this time."
    all_of_them = counted(n_sessions, "session")
    if len(beside) < SESSIONS_FOR_MIDDLE:
        return f"The days around {all_of_them}."
    compared = f"{len(beside)} of {all_of_them}" if len(beside) < n_sessions else all_of_them
    before, after = (_middle(values) for values in zip(*beside, strict=True))
    days = f"{before} the day before, {after} the day after"
    return f"Around {compared}: {days} (middle values and ranges)."


def _middle(values: Sequence[float]) -> str:
    """The middle value, with the lowest and the highest where they differ."""
    low, high = number(min(values)), number(max(values))
    spread = "" if low == high else f" ({low} to {high})"
    return f"{number(median(values))}{spread}"


def relief(metric: Metric, days: float) -> str:
    """How long a change lasted after one session; of mood unless another metric is named."""
    return f"{_relief(metric)} lasted about {measured(days, 'day')}."


def relief_over_sessions(
    metric: Metric, days: float, *, ended: int, unseen: int, sessions: int
) -> str:
    """After how many days it ended, in how many of the sessions; in others its end was unseen.

    Relief whose end nobody saw may have lasted longer, so the days alone would say too little.
    """
    found = f"{_relief(metric)} ended after about {measured(days, 'day')}"
    rest = f"; in {unseen} its end was not seen" if unseen else ""
    return f"{found} in {ended} of {counted(sessions, 'session')}{rest}."


def at_least(metric: Metric, days: int, *, until_next: bool) -> str:
    """How long it lasted for sure, when its end was not seen."""
    named = "" if metric is Metric.MOOD else f" of relief in {metric}"
    until = ", until the next session" if until_next else ""
    return f"At least {measured(days, 'day')}{named}{until}."


def back_to_usual(minutes: float) -> str:
    """How long dissociation took to settle."""
    if round(minutes) < 90:  # noqa: PLR2004  # from an hour and a half on, hours read better
        return f"Back to usual after about {counted(max(round(minutes), 1), 'minute')}."
    hours = number(round(minutes / 30) / 2)
    return f"Back to usual after about {hours} hours."


def session_count(n_sessions: int, window: int) -> str:
    """How many sessions there are to look at."""
    if not n_sessions:
        return f"No session {on_these(window)}."
    return f"{counted(n_sessions, 'session')} {on_these(window)}."


def flashbacks(rate: FlashbackRate | None, n_days: int, needed: int) -> str:
    """The rate and what it could as well be."""
    if rate is None:
        return not_enough(n_days, needed)
    ends = f"could be {number(rate.low)} to {number(rate.high)}"
    return f"About {measured(rate.rate_per_week, 'flashback')} a week ({ends})."


def assessment(scores: Sequence[float], unit: MetricUnit, reliable: ChangeVerdict | None) -> str:
    """The last score against the first, and whether the difference means anything."""
    if not scores:
        return "No score in this time."
    if len(scores) == 1:
        return f"One score so far: {number(scores[0])}."
    change = scores[-1] - scores[0]
    if not change:
        return "The last score equals the first."
    size = f"{_points(change, unit)} {'higher' if change > 0 else 'lower'} than the first"
    if reliable is None:
        return f"{size}."
    if reliable is ChangeVerdict.NONE:
        return f"{size}: within the usual wobble of this questionnaire."
    return f"{size}: bigger than the usual wobble of this questionnaire."


def weekdays(words: WeekdayWords, medians: Sequence[float | None], fewest: int) -> str:
    """The highest and the lowest weekdays, when there is a pattern.

    All of them where several tie: the names of seven fit. Where all tie there is no highest.
    """
    if words is WeekdayWords.NOT_ENOUGH_DAYS:
        return f"Not enough days yet: {fewest} of 4 of some weekdays."
    if words is WeekdayWords.NO_CLEAR_PATTERN:
        return "No clear pattern over the week."
    told = [middle for middle in medians if middle is not None]
    high, low = max(told), min(told)
    if high == low:
        return f"The weekdays differ, with the same middle value of {number(high)}."
    return (
        f"Highest on {_weekdays_at(high, medians)} ({number(high)}), "
        f"lowest on {_weekdays_at(low, medians)} ({number(low)})."
    )


def timeline(n_shown: int, n_events: int, window: int) -> str:
    """How much there is to draw, and of how much where that is not all."""
    newest = f"The newest {n_shown} of " if n_shown < n_events else ""
    return f"{newest}{counted(n_events, 'event')} {on_these(window)}."


def on_these(n_days: int) -> str:
    """`on this day`, `in these 2 days`."""
    return "on this day" if n_days == 1 else f"in these {n_days} days"


def _weekdays_at(value: float, medians: Sequence[float | None]) -> str:
    """`Mondays`, `Mondays and Tuesdays`, `Mondays, Tuesdays and Sundays`."""
    *others, last = (WEEKDAY_NAMES[day] for day, middle in enumerate(medians) if middle == value)
    return f"{', '.join(others)} and {last}" if others else last


def _relief(metric: Metric) -> str:
    return "Relief" if metric is Metric.MOOD else f"Relief in {metric}"


def _points(change: float, unit: MetricUnit) -> str:
    return measured(abs(change), "point" if unit is MetricUnit.POINTS else "percentage point")
