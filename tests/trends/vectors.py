"""The statistics vectors, and the one comparison they are read with."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "vectors" / "statistics"
TOLERANCE = 1e-6

# Vectors are JSON of many shapes: hence Any.
Case = dict[str, Any]


def cases(name: str) -> list[Case]:
    """The cases of one vector file."""
    found: list[Case] = json.loads((FOLDER / f"{name}.json").read_text())["cases"]
    return found


def name_of(case: Case) -> str:
    """What a test run calls a case."""
    return f"{case['id']}: {case['title']}"


def days_of(daily: list[list[Any]]) -> tuple[list[int], list[float]]:
    """Ordinals and values of a vector's `daily`."""
    return [day(text) for text, _ in daily], [value for _, value in daily]


def day(text: str) -> int:
    """The ordinal of a written date."""
    return date.fromisoformat(text).toordinal()


def differences(found: object, expected: object, place: str = "$") -> list[str]:
    """Where two JSON values differ: numbers within the tolerance, caveats as sets."""
    if isinstance(expected, dict):
        return _of_objects(found, expected, place)
    if isinstance(expected, list):
        return _of_lists(found, expected, place)
    if _is_number(expected) and _is_number(found):
        near = abs(found - expected) <= TOLERANCE  # type: ignore[operator]  # both are numbers
        return [] if near else [f"{place}: {found} is not {expected}"]
    return [] if found == expected else [f"{place}: {found!r} is not {expected!r}"]


def _of_objects(found: object, expected: dict[str, Any], place: str) -> list[str]:
    if not isinstance(found, dict):
        return [f"{place}: {found!r} is no object"]
    wrong = [f"{place}.{name} is missing" for name in expected.keys() - found.keys()]
    wrong += [f"{place}.{name} is too much" for name in found.keys() - expected.keys()]
    for name in expected.keys() & found.keys():
        here = f"{place}.{name}"
        if name == "caveats":
            if set(found[name]) != set(expected[name]):
                wrong.append(f"{here}: {found[name]} is not {expected[name]}")
        else:
            wrong += differences(found[name], expected[name], here)
    return wrong


def _of_lists(found: object, expected: list[Any], place: str) -> list[str]:
    if not isinstance(found, list) or len(found) != len(expected):
        return [f"{place}: {found!r} has not {len(expected)} members"]
    return [
        fault
        for index, (left, right) in enumerate(zip(found, expected, strict=True))
        for fault in differences(left, right, f"{place}[{index}]")
    ]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def every(name: str) -> pytest.MarkDecorator:
    """One test a case of a vector file."""
    return pytest.mark.parametrize("case", cases(name), ids=name_of)


def told(members: Case) -> Case:
    """Members that are there, as an answer would show them."""
    return {name: value for name, value in members.items() if value is not None}
