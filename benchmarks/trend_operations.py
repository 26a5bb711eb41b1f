"""Every operation of the trends, twice: asked again, and of a window that nobody has asked for.

The goals are for the latter, against a bare server that computes it too: docs/decisions/0019.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from random import Random

from app.trends import questions
from app.trends.answers.session_response import DEFAULT_AFTER, DEFAULT_BEFORE
from app.trends.metrics import Metric
from app.trends.questions import Question
from benchmarks.asked import Goal, Operation
from benchmarks.ground import Ground
from benchmarks.load import Make, wire

LONGEST = 3650
NO_GOAL = Goal()
WINDOWS = 96
"""Of each patient, in turn: four times as many as answers are kept, so that none is ready."""

IN_TURN = 3
"""So few patients are asked for windows in turn."""

ASKED: dict[tuple[str, str], Iterator[int]] = {}
"""How many windows were asked for, by operation and by who is asked in which way. Each run goes on
where the last one ended: else it would find answers ready that the last one has had computed."""

COLD, COMPUTED = "/cold", "/computed"
"""Before a path, tell bare to read what has to be read for an answer to be computed, and to compute
it as well."""


def window(ground: Ground, days: int, ago: int = 0) -> str:
    """The parameters of a window of so many days that ended so many days before the last."""
    last = ground.last_day - timedelta(days=ago)
    return f"from={last - timedelta(days=days - 1)}&to={last}"


@dataclass(frozen=True, slots=True)
class Trend:
    """One operation; `days` of its window, or all that were seeded, whichever is less.

    `question` is the same for those who compute the answer without asking for it.
    """

    name: str
    title: str
    path: str
    days: int
    question: Question
    goal: Goal = NO_GOAL
    query: str = ""

    def warm(self, ground: Ground, seed: int) -> Make:
        """The same question of random patients whose journals never change."""
        asked = f"{self.path}?{self.query}{window(ground, self._days(ground))}"
        ready = [wire("GET", asked, each.token, gzip=True) for each in ground.readers]
        order = Random(seed).choices(range(len(ready)), k=4096)
        return lambda number: ready[order[number % len(order)]]

    def cold(self, ground: Ground, _seed: int) -> Make:
        """Windows in turn, each again only when its answer is no longer kept."""
        return self._in_turn(ground, "")

    def cold_for_bare(self, ground: Ground, _seed: int) -> Make:
        """The same windows, where bare reads for them."""
        return self._in_turn(ground, COLD)

    def computed_by_bare(self, ground: Ground, _seed: int) -> Make:
        """The same windows, where bare computes them."""
        return self._in_turn(ground, COMPUTED)

    def _in_turn(self, ground: Ground, before: str) -> Make:
        days, readers = self._days(ground), ground.readers[:IN_TURN]
        ready = [
            wire(
                "GET",
                f"{before}{self.path}?{self.query}{window(ground, days, ago)}",
                each.token,
                gzip=True,
            )
            for ago in range(WINDOWS)
            for each in readers
        ]
        asked = ASKED.setdefault((self.name, before), count())
        return lambda _: ready[next(asked) % len(ready)]

    def _days(self, ground: Ground) -> int:
        return max(1, min(self.days, round(ground.extent.years * 365)))

    @property
    def when_ready(self) -> Operation:
        """The operation when its answer is kept."""
        return Operation(self.name, self.title, self.warm, NO_GOAL)

    @property
    def when_computed(self) -> Operation:
        """The operation when it is not."""
        return Operation(
            f"{self.name}-cold",
            f"{self.title}, computed",
            self.cold,
            NO_GOAL,
            self.cold_for_bare,
            against_usual=False,
        )

    @property
    def when_both_compute(self) -> Operation:
        """The same beside a reference that computes it too: what is around the statistics."""
        return Operation(
            f"{self.name}-both",
            f"{self.title}, computed ÷ bare computing it too",
            self.cold,
            self.goal,
            self.computed_by_bare,
            against_usual=False,
        )


PATH = "/v1/trends"
MOOD = Metric.MOOD
DAILY = Trend(
    *("daily", "daily trend, 365 days", f"{PATH}/daily", 365, questions.daily(MOOD)),
    Goal(0.7, 2.0, 1.5),
    query="metric=mood&",
)
SUMMARY = Trend(
    *("summary", "summary, 365 days", f"{PATH}/summary", 365, questions.summary()),
    Goal(0.5, None, 2.0),
)
RESPONSE = Trend(
    *("response", "session response, 5 years", f"{PATH}/session-response", 1825),
    questions.response(MOOD, DEFAULT_BEFORE, DEFAULT_AFTER),
    query="metric=mood&",
)
OF_ALL = (DAILY, SUMMARY, RESPONSE)
WARM_OF_ALL = tuple(each.when_ready for each in OF_ALL)
COLD_OF_ALL = tuple(each.when_computed for each in OF_ALL)
BOTH_OF_ALL = tuple(each.when_both_compute for each in OF_ALL)
TRENDS = (
    *OF_ALL,
    Trend(
        *("slope", "slope, 365 days", f"{PATH}/slope", 365, questions.slope(MOOD)),
        query="metric=mood&",
    ),
    Trend("sessions", "sessions, 10 years", f"{PATH}/sessions", LONGEST, questions.table()),
    Trend(
        *("flashbacks", "flashbacks, 365 days", f"{PATH}/flashbacks", 365),
        questions.flashbacks(None),
    ),
    Trend(
        *("assessments", "questionnaire, 10 years", f"{PATH}/assessments", LONGEST),
        questions.assessments("isi"),
        query="instrument=isi&",
    ),
    Trend(
        *("weekday", "weekdays, 365 days", f"{PATH}/weekday", 365, questions.weekday(MOOD)),
        query="metric=mood&",
    ),
    Trend("coverage", "coverage, 365 days", f"{PATH}/coverage", 365, questions.coverage()),
    Trend(
        *("timeline", "timeline, 365 days", f"{PATH}/timeline", 365),
        questions.events(notes=True),
    ),
)
"""All of them; the first three are those of every run."""
