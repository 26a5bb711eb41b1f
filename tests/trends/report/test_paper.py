"""The page as paper and as a file: one sheet, legible, tagged, and the same bytes each time."""

import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from app.journal.kinds import KIND_NAMES, Headline
from app.trends.report.page import Paper
from app.trends.report.report import build_report
from app.trends.report.wording import TITLE, TOP_LINE
from app.trends.schemas.envelope import Caveat
from app.trends.version import TRENDS_VERSION
from app.trends.window import Window
from tests.trends.report.pages import (
    JOURNEY_WINDOW,
    LONGEST_NAME,
    PRINTED_ON,
    crowded_journal,
    journey,
    printed,
    random_journal,
    text_of,
    window_of,
)

ROOT = Path(__file__).parents[3]
SMALLEST_TYPE = 8
SIZES = {"a4": (595.3, 841.9), "letter": (612, 792)}
PAPERS = pytest.mark.parametrize("paper", SIZES)

Journal = tuple[list[Headline], Window]


def journals_of_many_sizes() -> dict[str, Journal]:
    """From nothing to more than a page should be asked to hold."""
    return {
        "empty": ([], window_of(90)),
        "one empty day": ([], window_of(1)),
        "one day": (random_journal(30)[:1], window_of(30)),
        "3 days": (random_journal(3, seed=2), window_of(3)),
        "8 days": (random_journal(8), window_of(8)),
        "journey": (journey(), JOURNEY_WINDOW),
        "120 days": (random_journal(120), window_of(120)),
        "2 years": (random_journal(731), window_of(731)),
        "crowded 30 days": (crowded_journal(30), window_of(30)),
        "crowded 120 days": (crowded_journal(120), window_of(120)),
        "crowded 2 years": (crowded_journal(731), window_of(731)),
    }


JOURNALS = journals_of_many_sizes()
EVERY_SIZE = pytest.mark.parametrize("size", JOURNALS)


@PAPERS
@EVERY_SIZE
def test_it_is_one_sheet_under_the_line_that_cannot_be_left_out(size: str, paper: Paper) -> None:
    seen, window = JOURNALS[size]
    pdf = printed(seen, window, paper=paper, subject_name=LONGEST_NAME, caveats=set(Caveat))
    (page,) = pdf.pages
    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(
        SIZES[paper], abs=0.1
    )
    text = text_of(pdf)
    assert text.startswith(f"{TITLE} Generated 9 Apr 2026 {TOP_LINE} {LONGEST_NAME} ")
    assert f"Methods, version {TRENDS_VERSION}: coverage, 7-day rolling median" in text


@PAPERS
@pytest.mark.parametrize("hidden", [*sorted(KIND_NAMES), None])
def test_it_is_one_sheet_whatever_is_shared(hidden: str | None, paper: Paper) -> None:
    seen, window = crowded_journal(120), window_of(120)
    kinds = KIND_NAMES - {hidden}
    shared = [each for each in seen if each.kind in kinds]
    pdf = printed(shared, window, paper=paper, subject_name=LONGEST_NAME, kinds=kinds)
    assert len(pdf.pages) == 1
    assert TOP_LINE in text_of(pdf)


@EVERY_SIZE
def test_no_type_is_smaller_than_eight_points(size: str) -> None:
    seen, window = JOURNALS[size]
    (page,) = printed(seen, window).pages
    sizes = []

    def see(text: str, matrix: list[float], place: list[float], _: object, size: float) -> None:
        if text.strip():
            sizes.append(abs(size * place[3] * matrix[3]))

    page.extract_text(visitor_text=see)
    assert min(sizes) >= SMALLEST_TYPE - 0.01


def test_every_font_is_embedded() -> None:
    (page,) = printed(journey(), JOURNEY_WINDOW).pages
    fonts = list(descendants(page["/Resources"]["/Font"]))  # type: ignore[index]  # a dictionary
    assert fonts
    for font in fonts:
        descriptor = font["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)  # type: ignore[call-overload]  # same
        assert "SourceSans3" in str(font["/BaseFont"])


def descendants(fonts: DictionaryObject) -> Iterator[DictionaryObject]:
    """The fonts that hold glyphs."""
    composite = (font.get_object()["/DescendantFonts"] for font in fonts.values())
    return (font.get_object() for font in chain.from_iterable(composite))


def test_it_is_tagged_titled_and_fit_for_an_archive() -> None:
    root = root_of(printed(journey(), JOURNEY_WINDOW))
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "en"
    metadata = root["/Metadata"].get_data().decode()
    assert f">{TITLE}<" in metadata
    for claim in ("<pdfuaid:part>1<", "<pdfaid:part>2<", "<pdfaid:conformance>A<"):
        assert claim in metadata


def test_charts_tell_their_numbers_to_those_who_cannot_see_them() -> None:
    pdf = printed(journey(), JOURNEY_WINDOW)
    told = [str(part["/Alt"]) for part in structure(pdf) if part.get("/S") == "/Figure"]
    assert len(told) == 3
    assert told[0].startswith("Mood: ")
    assert told[1].startswith("Week of 7 Feb 2026: ")
    assert told[2].startswith("Median mood by day from the session: −7: ")


def test_headings_and_tables_are_tagged_in_the_order_of_reading() -> None:
    tags = [part.get("/S") for part in structure(printed(journey(), JOURNEY_WINDOW))]
    assert tags.count("/Table") == 3
    assert tags.count("/TH") > 20
    headings = [tag for tag in tags if tag in ("/H1", "/H2", "/Title")]
    assert len(headings) == 9


def root_of(pdf: PdfReader) -> Any:
    """The catalogue: objects of a file, which pypdf does not type further, hence Any."""
    return pdf.trailer["/Root"]


def structure(pdf: PdfReader) -> Iterator[DictionaryObject]:
    """All parts of the tree of tags."""
    waiting = [root_of(pdf)["/StructTreeRoot"]]
    while waiting:
        part = waiting.pop(0).get_object()
        if not isinstance(part, DictionaryObject):
            continue
        yield part
        kids = part.get("/K", [])
        kids = kids.get_object() if hasattr(kids, "get_object") else kids
        waiting[:0] = kids if isinstance(kids, list) else [kids]


def test_the_same_answer_gives_the_same_bytes_in_any_process() -> None:
    """Also when the entries come in another order, and sets are walked through differently."""
    told = (
        "from hashlib import sha256\n"
        "from app.trends.report.report import build_report\n"
        "from tests.trends.report.pages import *\n"
        "pdf = build_report(journey()[::-1], JOURNEY_WINDOW, generated_on=PRINTED_ON)\n"
        "print(sha256(pdf).hexdigest())"
    )
    here = build_report(journey(), JOURNEY_WINDOW, generated_on=PRINTED_ON)
    made = subprocess.run(
        [sys.executable, "-c", told],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "42", "TZ": "Asia/Kathmandu"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert made.stdout.strip() == sha256(here).hexdigest()


def test_the_day_it_was_made_on_is_its_only_time_stamp() -> None:
    information = printed(journey(), JOURNEY_WINDOW).metadata
    assert information
    stamps = [str(information[name]) for name in ("/CreationDate", "/ModDate")]
    assert stamps == ["D:20260409000000Z"] * 2
