"""A line plot as SVG: sizes, and their ratios to the smallest size, both on logarithmic axes."""

from collections.abc import Mapping, Sequence
from math import log10
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 60, 170, 40, 50
COLOURS = ("#1b6ca8", "#b5482a", "#3d7a3a", "#7a4a99", "#8a6d00", "#444444")
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 4", "12 4")
LEAST, LEAST_TOP = 0.5, 1.5
"""Of the axis of ratios: where it begins, and the lowest end it may have."""

MARKS = (0.5, 1, 2, 5, 10, 20, 50, 100)
LABEL_PIXELS = 15

Lines = Mapping[str, Sequence[float]]
"""By name, a ratio for each size."""


def plot(title: str, axis: str, sizes: Sequence[int], lines: Lines, goal: float) -> str:
    """The SVG. A dashed rule marks the `goal`; each line is named at its end."""
    most = max(LEAST_TOP, goal * 1.1, *(max(line) for line in lines.values()))
    frame = _Frame(sizes, most)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, TOP - 18, title),
        _text(LEFT, HEIGHT - 10, axis),
        *frame.scales(),
        frame.rule(goal),
        *frame.drawn(lines),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Frame:
    """Where values lie on the paper."""

    def __init__(self, sizes: Sequence[int], most: float) -> None:
        self._sizes = sizes
        self._most = most
        self._right = WIDTH - RIGHT

    def x(self, size: int) -> float:
        first, last = log10(self._sizes[0]), log10(self._sizes[-1])
        share = (log10(size) - first) / (last - first) if last > first else 0.0
        return LEFT + share * (self._right - LEFT)

    def y(self, ratio: float) -> float:
        share = log10(max(ratio, LEAST) / LEAST) / log10(self._most / LEAST)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def scales(self) -> list[str]:
        """A mark for each size, and for each round ratio that the axis holds."""
        foot = HEIGHT - BOTTOM + 18
        marks = [_text(self.x(size), foot, f"{size:,}", "middle") for size in self._sizes]
        for ratio in (each for each in MARKS if each <= self._most):
            marks.append(_line(LEFT, self.y(ratio), self._right, self.y(ratio), "#dddddd"))
            marks.append(_text(LEFT - 8, self.y(ratio) + 4, f"{ratio:g}", "end"))
        return marks

    def rule(self, goal: float) -> str:
        return _line(LEFT, self.y(goal), self._right, self.y(goal), "#000000", "4 4")

    def drawn(self, lines: Lines) -> list[str]:
        """The lines, their names at their ends, moved apart where they would overlap."""
        drawn, ends = [], []
        for number, (name, ratios) in enumerate(lines.items()):
            colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
            places = [(self.x(s), self.y(r)) for s, r in zip(self._sizes, ratios, strict=True)]
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            drawn.append(
                f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" '
                f'stroke-dasharray="{dash}"/>'
            )
            ends.append((places[-1][1], f"{name} {ratios[-1]:.2f}", colour))
        ends.sort()
        for y, (_, name, colour) in zip(_apart([y for y, *_ in ends]), ends, strict=True):
            drawn.append(_text(self._right + 8, y + 4, name, colour=colour))
        return drawn


def _apart(wanted: Sequence[float]) -> list[float]:
    """Places for names, in order and none on another, as near to the wanted ones as they fit."""
    room = float(HEIGHT - BOTTOM)
    places: list[float] = []
    for y in reversed(wanted):
        room = min(room, y)
        places.append(room)
        room -= LABEL_PIXELS
    lowered, above = [], float("-inf")
    for place in reversed(places):
        above = max(place, above + LABEL_PIXELS, TOP)
        lowered.append(above)
    return lowered


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = "#222222") -> str:
    told = escape(text)
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{told}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dash: str = "") -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-dasharray="{dash}"/>'
    )
