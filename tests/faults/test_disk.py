"""A disk that refuses calls takes nothing that was acknowledged."""

from itertools import islice
from pathlib import Path
from random import Random

import pytest

from tests.engines import ENGINES
from tests.faults.disk import CALLS, Call, File
from tests.faults.engines import EngineName
from tests.faults.phones import Found
from tests.faults.syscalls import drawn_points, failed_at

POINTS = {"sqlite": 12, "postgresql": 6}


@pytest.mark.parametrize("engine", ENGINES)
def test_calls_that_fail_are_told_and_the_service_goes_on(
    engine: EngineName, tmp_path: Path
) -> None:
    outcome = failed_at(engine, tmp_path, POINTS[engine])
    assert outcome.failed.total() >= outcome.points == POINTS[engine]
    assert outcome.answers.refused["unavailable"] > 0
    assert outcome.acknowledged > 0
    assert outcome.found == Found(lost=0, doubled=0, wrong=0), outcome
    assert outcome.holds, outcome


def test_every_distance_is_met_with_either_error_and_each_kind_of_call() -> None:
    points = drawn_points(Random(1))  # noqa: S311 - nothing secret
    first = set(islice(points, 480))
    assert len(first) == 480
    assert first == set(islice(points, 480))
    assert {each.number for each in first} == {*range(1, 41)}
    assert {each.error for each in first} == {"EIO", "ENOSPC"}
    assert {each.calls for each in first} == {CALLS, (Call.WRITE,), (Call.SYNC,)}
    assert {each.lasting for each in first} == {False, True}


def test_the_tables_of_postgresql_fail_alone_too() -> None:
    groups = ((File.DATABASE, File.WAL), (File.DATABASE,))
    points = drawn_points(Random(1), groups)  # noqa: S311 - nothing secret
    assert {each.files for each in islice(points, 960)} == {*groups}
