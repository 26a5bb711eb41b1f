"""No regular expression that sees input can be made to run for long."""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

import app

# Where `re` keeps its parser; no types are known of it.
words: Any = importlib.import_module("re._constants")
parser: Any = importlib.import_module("re._parser")
MANY = 64
"""A repeat that may go on for longer than this counts as endless."""

LENGTH = 30_000


def expressions() -> Iterator[tuple[str, "re.Pattern[Any]"]]:
    """Every expression that a module of the service keeps."""
    for each in pkgutil.walk_packages(app.__path__, "app."):
        module = importlib.import_module(each.name)
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{each.name}.{name}", value


EXPRESSIONS = {pattern.pattern: (name, pattern) for name, pattern in expressions()}


def endless_inside_endless(tree: Any, *, inside: bool = False) -> bool:
    """Whether a repeat without an end stands in another one. (The parser's trees are untyped.)"""
    for kind, given in tree:
        if kind in (words.MAX_REPEAT, words.MIN_REPEAT):
            _, most, inner = given
            endless = most > MANY
            if (inside and endless) or endless_inside_endless(inner, inside=inside or endless):
                return True
        elif kind is words.SUBPATTERN:
            if endless_inside_endless(given[-1], inside=inside):
                return True
        elif kind is words.BRANCH and any(
            endless_inside_endless(branch, inside=inside) for branch in given[1]
        ):
            return True
    return False


def hostile_texts(pattern: "re.Pattern[Any]") -> Iterator[Any]:
    """Long texts of what the expression likes, that end with what it does not."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode()
    liked = sorted({*source} | set("a0 -.:/_\\é")) if isinstance(pattern.pattern, str) else "a0 -%"
    for first in liked:
        for second in ("", "a", "0"):
            text = ((first + second) * LENGTH)[:LENGTH] + "\x00"
            yield text if isinstance(pattern.pattern, str) else text.encode("latin-1")


def test_every_expression_is_found() -> None:
    assert len(EXPRESSIONS) > 20


@pytest.mark.parametrize("name", [name for name, _ in EXPRESSIONS.values()])
def test_expression_is_linear(name: str) -> None:
    pattern = next(each for called, each in EXPRESSIONS.values() if called == name)
    assert not endless_inside_endless(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE))
    for text in hostile_texts(pattern):
        begun = time.thread_time()
        pattern.fullmatch(text)
        pattern.match(text)
        assert time.thread_time() - begun < 0.5


def test_the_check_finds_what_it_is_for() -> None:
    assert endless_inside_endless(parser.parse(r"(a+)+b"))
    assert endless_inside_endless(parser.parse(r"(?:x|(?:[ab]*c?)*)d"))
    assert not endless_inside_endless(parser.parse(r"(?:a{1,8}-)+b"))
