"""Journals to print, from empty to as full as a page can be asked to hold, and what was printed."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any, get_args

from msgspec.structs import replace
from pypdf import PdfReader

from app.journal.kinds import AssessmentHeadline, Headline, SessionHeadline
from app.journal.kinds.session_headline import AdverseEffect
from app.journal.kinds.session_shapes import AdverseEffectCode
from app.trends.report.answers import INSTRUMENTS
from app.trends.report.report import build_report
from app.trends.window import Window
from tests.trends import journals
from tests.trends.vectors import FOLDER

LAST = date(2026, 4, 8)
PRINTED_ON = date(2026, 4, 9)
LONGEST_NAME = "Wilhelmina Montgomery-Featherstonehaugh of the Long Meadow Beyond the Old Mill W"
EFFECTS: tuple[str, ...] = get_args(AdverseEffectCode.__value__)


def window_of(n_days: int, last: date = LAST) -> Window:
    """So many days up to the last one."""
    return Window(last - timedelta(days=n_days - 1), last, "America/Argentina/ComodRivadavia")


def journey() -> list[Headline]:
    """The journal of the vectors."""
    entries = json.loads((FOLDER / "journey.json").read_text())["entries"]
    return [
        journals.headline_of(each["entry"], datetime.fromisoformat(each["written_at"]))
        for each in entries
    ]


JOURNEY_WINDOW = Window(date(2026, 2, 7), date(2026, 4, 8), "America/New_York")


def random_journal(n_days: int, seed: int = 8) -> list[Headline]:
    """A diary of so many days up to the last one."""
    first = LAST - timedelta(days=n_days - 1)
    return journals.random_journal(journals.seeded(seed), n_days, first)


def crowded_journal(n_days: int) -> list[Headline]:
    """Sessions with every adverse effect, and all questionnaires again and again."""
    found = [_crowded(entry) for entry in random_journal(n_days)]
    template = next(entry for entry in found if isinstance(entry, AssessmentHeadline))
    return [*found, *_all_questionnaires(template)]


def _crowded(entry: Headline) -> Headline:
    if not isinstance(entry, SessionHeadline):
        return entry
    effects = tuple(AdverseEffect(code, 3) for code in EFFECTS)
    return replace(entry, substance="unknown", dose_mg=1234.56, adverse_effects=effects)


def _all_questionnaires(template: AssessmentHeadline) -> Iterator[Headline]:
    for place, instrument in enumerate(INSTRUMENTS):
        for weeks in range(5):
            day = LAST - timedelta(days=7 * weeks + 1)
            percent = 40 + weeks if instrument == "who-5" else None
            yield replace(
                template,
                id=f"{place}-{weeks}",
                instant=template.instant.replace(year=day.year, month=day.month, day=day.day),
                local_date=day,
                instrument=instrument,
                status="scored",
                total=20 + weeks,
                percent=percent,
                band="moderately_severe",
                prorated=True,
            )


def printed(
    seen: Sequence[Headline],
    window: Window,
    **about: Any,  # whatever build_report takes
) -> PdfReader:
    """The PDF, read again."""
    return PdfReader(BytesIO(build_report(seen, window, **{"generated_on": PRINTED_ON, **about})))


def text_of(pdf: PdfReader) -> str:
    """The text layer of all pages, blanks and line ends made one blank each."""
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
