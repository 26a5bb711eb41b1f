"""Tells how many mutants of each room the tests killed; run by `make mutants`."""

import json
import sys
from collections import Counter
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "mutants" / "app"
KILLED = {1, 3}
"""How a run ends in which a test failed. One that had to be stopped shows nothing."""

LEAST = 0.9


def tally(room: Path) -> Counter[bool]:
    """How many mutants of a room were noticed, and how many were not."""
    noticed: Counter[bool] = Counter()
    for result in room.rglob("*.meta"):
        codes = json.loads(result.read_text())["exit_code_by_key"].values()
        noticed.update(code in KILLED for code in codes)
    return noticed


def main() -> int:
    """Print a line a room; 1 when the tests of one of them notice too little."""
    scores = []
    for room in sorted(each for each in RESULTS.iterdir() if each.is_dir()):
        noticed = tally(room)
        if noticed:
            scores.append(noticed[True] / noticed.total())
            print(f"{room.name:12} {noticed[True]:5} of {noticed.total():5}  {scores[-1]:7.1%}")
    return 0 if scores and min(scores) >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
