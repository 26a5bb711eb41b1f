"""Every statistic says where its formula comes from, or that it is the journal's own."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import app.trends.statistics

FOLDER = Path(app.trends.statistics.__file__).parent
MODULES = sorted(path for path in FOLDER.glob("*.py") if path.name != "__init__.py")
SOURCE = re.compile(
    r"\b1[89]\d\d\b|\b20\d\d\b|`(numpy|scipy|statistics)\.|rule\s+of\s+this\s+journal"
)


def told_by(path: Path) -> Iterator[str]:
    """The docstrings of a module and of everything in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield ast.get_docstring(node) or ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_statistic_names_its_source(path: Path) -> None:
    assert any(SOURCE.search(told) for told in told_by(path))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_statistic_leans_on_a_document_that_readers_do_not_have(path: Path) -> None:
    assert not re.search(r"section \d|the contract", " ".join(told_by(path)))
