"""Ratios are taken round by round, and a goal is met by the median."""

from benchmarks.asked import Goal
from benchmarks.measuring import ALONE, Figures
from benchmarks.operations import OPERATIONS
from benchmarks.report import Judged, Ratio, lines, table


def test_a_ratio_compares_what_ran_side_by_side() -> None:
    assert Ratio.of([2.0, 9.0, 4.0], [1.0, 3.0, 4.0]) == Ratio(2.0, 1.0, 3.0)
    assert Ratio.of([], []) is None


def test_a_goal_is_judged_from_its_own_side() -> None:
    ratio = Ratio(0.8, 0.5, 0.9)
    assert Judged(ratio, 0.75, at_least=True).met
    assert not Judged(ratio, 0.81, at_least=True).met
    assert Judged(ratio, 0.8, at_least=False).met
    assert Judged(ratio, None, at_least=True).met is None
    assert Judged(None, 1.0, at_least=True).met is None
    assert str(Judged(ratio, 0.81, at_least=True)) == "**0.80** (0.50–0.90) ≥ 0.81 MISSED"


def test_the_table_has_a_row_for_each_operation() -> None:
    results = {
        (each.name, server): Figures([100.0 * n], [0.001 / n], [0.01])
        for each in OPERATIONS
        for n, server in enumerate(("usual", "afterglow", "bare"), 1)
    }
    rows = [*table(lines(results, OPERATIONS))]
    assert len(rows) == len(OPERATIONS) + 2
    assert "| **0.67** (0.67–0.67)" in rows[2]
    assert "one worker" not in rows[0]


def test_several_workers_are_held_against_one() -> None:
    results = {
        (each.name, server): Figures([per_second], [0.001], [0.01])
        for each in OPERATIONS
        for server, per_second in {"bare": 500.0, "afterglow": 340.0, ALONE: 200.0}.items()
    }
    rows = [*table(lines(results, OPERATIONS))]
    assert rows[0].endswith("| throughput ÷ one worker |")
    assert rows[2].endswith("| **1.70** (1.70–1.70) ≥ 1.70 met |")


def test_no_operation_is_without_a_goal() -> None:
    assert all(operation.goal != Goal(usual=None) for operation in OPERATIONS)
