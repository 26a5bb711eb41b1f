"""docs/testing.md says of every file of the mutated rooms whether it is mutated."""

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]
TOLD = (ROOT / "docs" / "testing.md").read_text().partition("## What is mutated")[2]
ROWS = {
    room: (re.findall(r"`(.+?)`", mutated), re.findall(r"`(.+?)`", left_out))
    for room, mutated, left_out in re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", TOLD, re.M)
}


def files_of(room: str) -> dict[str, Path]:
    """The modules of a room by their names in it."""
    folder = ROOT / "app" / room
    found = {str(each.relative_to(folder).with_suffix("")): each for each in folder.rglob("*.py")}
    return {name: path for name, path in found.items() if not name.endswith("__init__")}


def mutated_in(room: str) -> set[str]:
    """Those that the settings name."""
    return {
        name
        for name in files_of(room)
        if any(fnmatch(f"app/{room}/{name}.py", each) for each in SETTINGS["only_mutate"])
    }


def test_the_rooms_are_those_of_the_settings() -> None:
    assert ROWS.keys() == {each.split("/")[1] for each in SETTINGS["only_mutate"]}


@pytest.mark.parametrize("room", ROWS)
def test_every_file_is_told_as_mutated_or_left_out(room: str) -> None:
    mutated, left_out = ROWS[room]
    assert set(mutated) == mutated_in(room)
    others = files_of(room).keys() - mutated_in(room)
    assert others == {name for name in others if any(fnmatch(name, each) for each in left_out)}
    assert all(any(fnmatch(name, each) for name in others) for each in left_out), "all are there"
