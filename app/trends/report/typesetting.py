"""From content to PDF: the one place that knows the typesetter, which is loaded at first use."""

from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic_core import to_json

from app.trends.report.page import Page

if TYPE_CHECKING:
    from typst import Fonts, PDFStandard

TEMPLATE = Path(__file__).parent / "template"
STANDARDS: "list[PDFStandard]" = ["a-2a", "ua-1"]
"""Archivable (PDF/A-2a) and accessible (PDF/UA-1): both demand tags and embedded fonts."""

REMEMBERED_RUNS = 11
"""The typesetter keeps what it has set through ten further runs."""


class NotTypeset(Exception):
    """The page could not be set; the typesetter's own message would quote it."""


def typeset(page: Page, day: date) -> bytes:
    """A PDF that bears `day` as its only time stamp: the same page gives the same bytes.

    The page goes in as data, so that no text in it can be markup. Raises NotTypeset, as for a name
    in letters that no font here has.
    """
    from typst import Compiler, TypstError  # noqa: PLC0415  # slow to load, and seldom needed

    compiler = Compiler(
        str(TEMPLATE / "report.typ"),
        root=str(TEMPLATE),
        font_paths=_fonts(),
        sys_inputs={"page": to_json(page).decode()},
    )
    stamp = datetime.combine(day, time(), UTC)
    try:
        pdf = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=stamp)
    except TypstError:
        raise NotTypeset from None
    finally:
        _forget()
    if not isinstance(pdf, bytes):
        raise NotTypeset
    return pdf


def _forget() -> None:
    """Let go of the page: kept, it would hold a patient's words and ten times the memory."""
    from typst import Compiler  # noqa: PLC0415  # slow to load, and seldom needed

    blank = Compiler(b" ", font_paths=_fonts())
    for _ in range(REMEMBERED_RUNS):
        blank.compile(b" ", format="svg")


@cache
def _fonts() -> "Fonts":
    """The page's own fonts alone: those of the machine must not change it."""
    from typst import Fonts  # noqa: PLC0415  # slow to load, and seldom needed

    folder = files("fontpkg_source_sans_3") / "files"
    return Fonts(include_system_fonts=False, font_paths=[str(folder)])
