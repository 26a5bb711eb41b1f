"""The growth of costs is measured and drawn, for a moment and on little; figures mean nothing."""

import subprocess
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random
from uuid import UUID
from xml.etree import ElementTree as ET

from app.vault import PatientKeys
from benchmarks.diary import Diary
from benchmarks.growth import FLAT, LINEAR, extent_of, table
from benchmarks.plot import plot
from benchmarks.seeding import _written

SVG = "{http://www.w3.org/2000/svg}"


def test_a_size_is_that_of_each_journal_or_of_the_number_of_patients() -> None:
    journals, crowd = extent_of("entries", 1000), extent_of("patients", 1000)
    assert round(journals.years * 365 * journals.a_day) == 1000
    assert crowd.patients == 1000


def test_a_journal_may_begin_before_any_id_could() -> None:
    diary, keys = Diary(60, 1, date(2026, 1, 1)), PatientKeys(UUID(int=1), {1: bytes(32)})
    rows = _written(keys, diary, Random(1))  # noqa: S311 - nothing secret
    assert rows.entries[0]["local_date"].year == 1966
    assert len({row["id"] for row in rows.entries}) == diary.entries


def test_ratios_are_to_the_smallest_size() -> None:
    assert table("entries", [10, 1000], {"list": [0.0005, 0.0006]}).splitlines()[-1] == (
        "| list | 0.500 | 1.20 |"
    )


def test_a_plot_has_a_line_for_each_name_within_the_paper() -> None:
    lines = {"list": [1.0, 1.1, 1.0], "<pull>": [1.0, 2.0, 9.0]}
    drawn = ET.fromstring(plot("a & b", "entries", [10, 100, 1000], lines, goal=1.2))  # noqa: S314 - our own
    _, _, width, height = map(float, drawn.attrib["viewBox"].split())
    polylines = drawn.findall(f"{SVG}polyline")
    assert len(polylines) == len(lines)
    for line in polylines:
        points = [tuple(map(float, each.split(","))) for each in line.attrib["points"].split()]
        assert len(points) == 3
        assert all(0 <= x <= width and 0 <= y <= height for x, y in points)
    assert "<pull> 9.00" in [each.text for each in drawn.findall(f"{SVG}text")]


def test_the_names_of_many_lines_lie_within_the_paper_and_none_on_another() -> None:
    lines = {f"line {number}": [1.0, 1.0] for number in range(13)} | {"last": [1.0, 40.0]}
    drawn = ET.fromstring(plot("many", "entries", [10, 100], lines, goal=1.2))  # noqa: S314 - our own
    _, _, _, height = map(float, drawn.attrib["viewBox"].split())
    named = [each for each in drawn.findall(f"{SVG}text") if str(each.text).endswith(".00")]
    places = [float(each.attrib["y"]) for each in named]
    assert len(places) == len(lines)
    assert all(0 < place < height for place in places)
    assert all(after - before >= 15 for before, after in pairwise(sorted(places)))


def test_the_command_tells_the_cost_of_every_operation_at_every_size(tmp_path: Path) -> None:
    out = tmp_path / "growth.svg"
    sizes = ["--size", "8", "--size", "40", "--rounds", "1", "--seconds", "0.1"]
    command = [sys.executable, "-m", "benchmarks.growth", *sizes, "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    rows = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")]
    assert {row[0].removeprefix("| ") for row in rows[1:]} == {*FLAT, *LINEAR}
    assert all(len(row) == 3 for row in rows)
    assert "40 entries: " in done.stdout
    assert ET.parse(out).getroot().tag == f"{SVG}svg"  # noqa: S314 - our own
