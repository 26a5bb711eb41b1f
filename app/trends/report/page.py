"""The page as content: every word and number that is set, in the order of reading."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from typing_extensions import TypeAliasType

from app.trends.report import wording
from app.trends.report.answers import ReportAnswers
from app.trends.report.around import Around, around
from app.trends.report.axis import Tick, day_ticks
from app.trends.report.completeness import Completeness, completeness
from app.trends.report.course import Course, course, session_days
from app.trends.report.directions import Foot, foot
from app.trends.report.footnotes import Footnotes
from app.trends.report.numerals import DASH, counted, written_date
from app.trends.report.questionnaires import Questionnaires, questionnaires
from app.trends.report.session_list import SessionList, session_list
from app.trends.report.shared_kinds import SharedKinds
from app.trends.report.weeks import Weeks, weeks
from app.trends.schemas.envelope import Caveat
from app.trends.window import Window

Paper = TypeAliasType("Paper", Literal["a4", "letter"])

DIRECTIONS = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the words after them; no name in letters of the page's fonts needs one."""


@dataclass(frozen=True, slots=True)
class Days:
    """The time axis that charts A and B share; days count from the first date of the window."""

    n_days: int
    ticks: list[Tick]
    sessions: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A section is its content, or the sentence that stands in its place."""

    title: str = field(default=wording.TITLE, init=False)
    top_line: str = field(default=wording.TOP_LINE, init=False)
    gaps: str = field(default=wording.GAPS, init=False)
    paper: Paper
    subject: str | None
    period: str
    generated: str
    left_out: str | None
    marks: str
    completeness: Completeness | str
    days: Days
    course: Course | str
    weeks: Weeks | str
    around: Around | str
    sessions: SessionList | str
    questionnaires: Questionnaires | str
    foot: Foot


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAbout:
    """What the page says of itself. `caveats` are those of the share as a whole."""

    subject_name: str | None
    paper: Paper
    generated_on: date
    kinds: frozenset[str]
    caveats: frozenset[Caveat] = frozenset()


def report_page(answers: ReportAnswers, about: ReportAbout) -> Page:
    """Lay out the answers."""
    window = answers.window
    footnotes = Footnotes()
    shared = SharedKinds(about.kinds, window)
    parts = answers, footnotes, shared
    return Page(
        paper=about.paper,
        subject=_subject(about.subject_name),
        period=_period(window),
        generated=f"Generated {written_date(about.generated_on)}",
        left_out=shared.left_out(),
        marks=footnotes.marks(about.caveats),
        completeness=completeness(*parts),
        days=Days(window.n_days, day_ticks(window), session_days(answers)),
        course=course(*parts),
        weeks=weeks(*parts),
        around=around(*parts),
        sessions=session_list(*parts),
        questionnaires=questionnaires(*parts),
        foot=foot(*parts),
    )


def _subject(name: str | None) -> str | None:
    kept = DIRECTIONS.sub("", name or "")
    return kept if kept.strip() else None


def _period(window: Window) -> str:
    first, last = written_date(window.first), written_date(window.last)
    return f"{first} {DASH} {last} ({counted(window.n_days, 'day')}), {window.time_zone}"
