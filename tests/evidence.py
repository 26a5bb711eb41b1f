"""What a page names to show something: tests that exist and run, commands with their options."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
SKIPS = {"skip", "skipif", "xfail"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def functions_of(path: Path) -> dict[str, Function]:
    """The functions of a module, by name."""
    return {
        node.name: node
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, Function)
    }


@cache
def marks_of(path: Path) -> set[str]:
    """The names that a module's own mark is made of."""
    return {
        each.attr
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
        for each in ast.walk(node.value)
        if isinstance(each, ast.Attribute)
    }


def skipped(test: Function) -> bool:
    """Whether a test, or a case of it, is marked or leaves."""
    return any(isinstance(node, ast.Attribute) and node.attr in SKIPS for node in ast.walk(test))


def check_test(name: str) -> None:
    """That `folder/test_x.py::test_y`, below `tests/`, is there and is not skipped."""
    path, _, function = name.partition("::")
    assert function.startswith("test_")
    assert (TESTS / path).is_file()
    assert function in functions_of(TESTS / path)
    assert not skipped(functions_of(TESTS / path)[function])
    assert not SKIPS & marks_of(TESTS / path)


def check_command(command: str) -> None:
    """That `python -m some.module --option …` names a module whose `main` knows its options."""
    module = command.removeprefix("python -m ").partition(" ")[0]
    place = ROOT.joinpath(*module.split("."))
    path = place / "__main__.py" if place.is_dir() else place.with_suffix(".py")
    main = functions_of(path)["main"]
    known = {each.arg.replace("_", "-") for each in (*main.args.args, *main.args.kwonlyargs)}
    assert set(re.findall(r"--([a-z-]+)", command)) <= known
