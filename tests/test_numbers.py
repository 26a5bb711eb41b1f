"""Every fixed number that bounds the service is printed, and what is printed is what holds."""

import ast
import importlib
import re
from datetime import timedelta
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
APP = ROOT / "app"
PAGE = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| [^|]+ \| ([^|]+) \| `([^`]+)` \|$", PAGE, re.MULTILINE)
UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "KiB": 1024, "MiB": 1024 * 1024}
SPOKEN_OF_ELSEWHERE = {"demo", "journal", "safety", "trends"}
"""Rooms whose times are what entries and answers mean: the contract tells those."""

NO_BOUNDS = {
    "app/accounts/derivation.py:MICROSECOND",
    "app/accounts/passkeys/ceremonies.py:MILLISECOND",
    "app/accounts/passkeys/options.py:MILLISECONDS",  # what a phone is told of a challenge's life
    "app/sharing/fhir/frame.py:FURTHEST_OFFSET",
    "app/sharing/files.py:NEXT",
    "app/sharing/rules.py:DAY",
    "app/throttling/paces.py:ROUNDING_SECONDS",
    "app/throttling/throttles.py:MICROSECOND",
    "app/throttling/throttles.py:MICROSECONDS",
}
"""Units, and the like."""


def value_of(place: str) -> float:
    """What stands there in the code: `module:NAME`, `module:NAME[key]` or `module:Class.name`."""
    path, _, name = place.partition(":")
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    found = re.fullmatch(r"(\w+)(?:\[(\w+)\]|\.(\w+))?", name)
    assert found, name
    value = getattr(module, found[1])
    if found[2]:
        value = value[found[2]]
    elif found[3]:
        value = getattr(value, found[3])
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


def told(number: str) -> float:
    """A number as the page prints it, in seconds or bytes where it has a unit."""
    figures, _, unit = number.strip().partition(" ")
    return float(figures.replace(",", "")) * (UNITS[unit] if unit else 1)


def times() -> list[str]:
    """Every length of time that a room of the service names at the head of a module."""
    found = []
    for path in sorted(APP.rglob("*.py")):
        if path.relative_to(APP).parts[0] in SPOKEN_OF_ELSEWHERE:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name, value = node.targets[0].id, ast.unparse(node.value)
                a_length = name.endswith("SECONDS") and not value.startswith("Spread(")
                if name.isupper() and (
                    a_length or re.match(r"timedelta\(|\w+ \+ timedelta", value)
                ):
                    found.append(f"{path.relative_to(ROOT)}:{name}")
    return found


@pytest.mark.parametrize(("number", "place"), ROWS, ids=[place for _, place in ROWS])
def test_a_printed_number_is_the_one_that_holds(number: str, place: str) -> None:
    assert told(number) == pytest.approx(value_of(place))


def test_every_length_of_time_is_printed_once() -> None:
    printed = [place for _, place in ROWS]
    assert len(printed) == len(set(printed))
    assert set(times()) - set(printed) == NO_BOUNDS


def test_every_row_of_the_page_was_looked_at() -> None:
    assert len(ROWS) == len(re.findall(r"`app/", PAGE))
    assert "(docs/numbers.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
