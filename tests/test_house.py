"""The rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parents[1] / "app"
MODULES = sorted(path for path in APP.rglob("*.py"))
MOST_LINES = 250
MOST_FUNCTION_LINES = 40
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager"}
WRITES = {"save_changes", "wipe_versions", "advance_head"}
NAMES = [str(path.relative_to(APP)) for path in MODULES]


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, in dots."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_tables_are_read_by_the_store_of_their_own_feature_alone(path: Path) -> None:
    for module in imported(path):
        tables = re.fullmatch(r"app\.(\w+)\.tables", module)
        if tables and path.name != "metadata.py":
            assert path.parent.name == tables[1]
            assert path.name.startswith("store")


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_entries_are_written_by_the_one_door_alone(path: Path) -> None:
    if path.relative_to(APP).as_posix() in ("journal/write.py", "journal/store.py"):
        return
    called = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute | ast.Name)
    }
    assert not called & WRITES


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_a_module_has_one_subject_and_a_function_fits_on_a_screen(path: Path) -> None:
    text = path.read_text()
    assert path.stem not in DRAWERS
    assert len(text.splitlines()) <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MOST_FUNCTION_LINES, node.name


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))
