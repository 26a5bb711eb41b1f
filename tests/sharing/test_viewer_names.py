"""The page keeps names that come from data away from every prototype."""

import os
from pathlib import Path
from shutil import rmtree
from uuid import uuid4

import pytest

from tests.node import run

VIEWER = Path(__file__).parents[2] / "viewer"
MODULES = VIEWER / "node_modules"


def _absent(what: str) -> None:
    """A desk may lack the page's packages; the CI may not."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def test_names_from_data_reach_no_prototype() -> None:
    """`__proto__`, `constructor` and all names that objects have, as codes and as members."""
    if not (MODULES / "typescript").is_dir():
        _absent("the viewer's packages are not installed: make viewer")
    compiled = Path(".cache") / uuid4().hex
    build: list[str | Path] = [
        MODULES / ".bin" / "tsc",
        "-p",
        "tsconfig.test.json",
        "--outDir",
        compiled,
    ]
    try:
        run(build, VIEWER)
        told = run(["node", "--test", str(compiled / "tests" / "names.test.js")], VIEWER)
    finally:
        rmtree(VIEWER / compiled, ignore_errors=True)
    assert "fail 0" in told
    assert "pass 3" in told
