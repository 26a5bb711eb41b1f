"""The page on a printer without colour: what is written can be read, and the series differ."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from pypdf.generic import ContentStream

from app.trends.report.page import Paper
from tests.trends.report.pages import JOURNEY_WINDOW, journey, printed

LEAST_CONTRAST = 4.5
"""Of text, by WCAG 2.2, success criterion 1.4.3."""

Colour = tuple[float, ...]
SHOWS_TEXT = {b"Tj", b"TJ"}
PAINTS = {b"S", b"f", b"B"}


@dataclass(frozen=True)
class Pen:
    """What a PDF paints with: colours of one number (grey) or three; whether lines are broken."""

    fill: Colour = (0.0,)
    stroke: Colour = (0.0,)
    dashed: bool = False


def painted(paper: Paper) -> Iterator[tuple[bytes, Pen]]:
    """Every operation of the page that leaves ink, with its pen."""
    pdf = printed(journey(), JOURNEY_WINDOW, paper=paper)
    stream = ContentStream(pdf.pages[0].get_contents(), pdf)
    pen, kept = Pen(), []
    # Operands are objects of a file, which pypdf does not type further, hence Any.
    operations: list[tuple[list[Any], bytes]] = stream.operations
    for operands, operator in operations:
        if operator == b"q":
            kept.append(pen)
        elif operator == b"Q":
            pen = kept.pop()
        elif operator == b"scn":
            pen = replace(pen, fill=numbers(operands))
        elif operator == b"SCN":
            pen = replace(pen, stroke=numbers(operands))
        elif operator == b"d":
            pen = replace(pen, dashed=len(operands[0]) > 0)
        elif operator in SHOWS_TEXT | PAINTS:
            yield operator, pen


def numbers(operands: list[Any]) -> Colour:
    """A colour; a pattern, which has a name, is left out."""
    return tuple(float(each) for each in operands if not isinstance(each, str))


def grey(colour: Colour) -> float:
    """Relative luminance by WCAG 2.2, which is what is left without colour; 0 black, 1 white."""
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in (colour * 3 if len(colour) == 1 else colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_every_word_stands_out_from_white_paper_without_colour(paper: Paper) -> None:
    shades = {grey(pen.fill) for operator, pen in painted(paper) if operator in SHOWS_TEXT}
    assert shades
    for shade in shades:
        assert 1.05 / (shade + 0.05) >= LEAST_CONTRAST


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_two_series_differ_by_line_and_symbol_too(paper: Paper) -> None:
    ink = list(painted(paper))
    in_colour = {pen.stroke for _, pen in ink if len(pen.stroke) == 3}
    lines = {
        colour: {pen.dashed for operator, pen in ink if operator == b"S" and pen.stroke == colour}
        for colour in in_colour
    }
    mood, anxiety = sorted(in_colour, key=lambda colour: True in lines[colour])
    assert True not in lines[mood], "mood is never broken"
    assert True in lines[anxiety], "anxiety is"
    discs = {pen.fill for operator, pen in ink if operator == b"f" and len(pen.fill) == 3}
    triangles = {
        (pen.fill, pen.stroke) for operator, pen in ink if operator == b"B" and len(pen.stroke) == 3
    }
    assert discs == {mood}
    assert triangles == {((1.0,), anxiety)}
    for colour in in_colour:
        assert 1.05 / (grey(colour) + 0.05) >= LEAST_CONTRAST
