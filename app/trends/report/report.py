"""The clinician's page of a journal."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from app.journal.kinds import KIND_NAMES, Headline
from app.trends.report.answers import report_answers
from app.trends.report.page import Paper, ReportAbout, report_page
from app.trends.report.typesetting import NotTypeset, typeset
from app.trends.schemas.envelope import Caveat
from app.trends.series import JournalDays
from app.trends.window import Window

UNPRINTABLE_NAME = "(a name in letters that this page cannot print)"


def build_report(  # noqa: PLR0913  # what a page says of itself, each by its name
    headlines: Sequence[Headline],
    window: Window,
    subject_name: str | None = None,
    paper: Paper = "a4",
    *,
    generated_on: date,
    kinds: Collection[str] = KIND_NAMES,
    caveats: Collection[Caveat] = (),
) -> bytes:
    """One page of PDF; slow (tens of milliseconds and more), for a worker thread.

    Reads nothing but `headlines` of these `kinds`: a share passes those of its scope, the kinds of
    that scope, and the `caveats` of its content as a whole. Raises as `typeset`.
    """
    about = ReportAbout(
        subject_name=subject_name,
        paper=paper,
        generated_on=generated_on,
        kinds=frozenset(kinds),
        caveats=frozenset(caveats),
    )
    shared = [headline for headline in headlines if headline.kind in about.kinds]
    page = report_page(report_answers(JournalDays(shared), window), about)
    try:
        return typeset(page, generated_on)
    except NotTypeset:
        if page.subject is None:
            raise
        return typeset(replace(page, subject=UNPRINTABLE_NAME), generated_on)
