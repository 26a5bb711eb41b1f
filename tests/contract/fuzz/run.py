"""Carries schemathesis out against a running server, and counts what it was answered."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.contract.paths import OPENAPI_FILE, ROOT
from tests.process import RunningService

# Events of a report, nested dicts and lists of every JSON type.
Json = dict[str, Any]

SETTINGS = Path(__file__).with_name("schemathesis.toml")
LIVES = {"AFTERGLOW_ACCESS_TOKEN_MINUTES": "60", "AFTERGLOW_STEP_UP_MINUTES": "15"}
"""Settings of a server that is tried for long."""
ERASING = ["--include-operation-id=deleteAccount"]
"""Tried last and alone, for it takes away what the others work on."""
EVERYTHING = (["--exclude-operation-id=deleteAccount"], ERASING)
MANIFOLD = "createEntry|updateEntry|replaceEntry|pushChanges|checkIn"
"""Operations that take a union; two requests of three go to them, each member's every bound."""
QUICKLY = (
    [f"--exclude-operation-id-regex=^({MANIFOLD}|deleteAccount)$"],
    [f"--include-operation-id-regex=^({MANIFOLD})$", "--phases=examples,fuzzing"],
    ERASING,
)


@dataclass
class Figures:
    """What came of the requests."""

    operations: set[str] = field(default_factory=set)
    requests: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0
    slowest: float = 0.0
    complaints: list[str] = field(default_factory=list)
    passes_failed: int = 0

    @property
    def server_errors(self) -> int:
        """Answers of 5xx."""
        return sum(number for status, number in self.statuses.items() if status >= 500)

    def take(self, phase: str, recorder: Json) -> None:
        """Count one scenario."""
        self.operations.add(recorder["label"])
        for each in recorder.get("interactions", {}).values():
            self.requests[phase] += 1
            answer = each["response"]
            if answer is None:
                self.unanswered += 1
            else:
                self.statuses[answer["status_code"]] += 1
                self.slowest = max(self.slowest, answer["elapsed"])
        for case, checks in recorder.get("checks", {}).items():
            told = recorder["cases"][case]["value"]
            self.complaints += [
                f"{told['method']} {told['path']}: {check['name']}"
                for check in checks
                if check["status"] == "failure"
            ]


def fuzz(
    server: RunningService, passes: Iterable[Sequence[str]], examples: int, seed: int
) -> tuple[Figures, str]:
    """Figures, and what schemathesis printed; `examples` random ones an operation."""
    figures, printed = Figures(), []
    for which in passes:
        report = server.folder / "fuzz.ndjson"
        options = [*which, f"--max-examples={examples}", f"--seed={seed}"]
        status, told = _schemathesis(server, report, options)
        figures.passes_failed += status != 0
        printed.append(told)
        for event in _scenarios(report):
            figures.take(event["phase"], event["recorder"])
    return figures, "\n".join(printed)


def _scenarios(report: Path) -> Iterator[Json]:
    with report.open(encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if "ScenarioFinished" in event:
                yield event["ScenarioFinished"]


def _schemathesis(server: RunningService, report: Path, options: Sequence[str]) -> tuple[int, str]:
    """Exit status (0 when nothing was found) and what it printed."""
    command = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(SETTINGS)]
    command += ["--no-color", "run", str(OPENAPI_FILE), "--url", server.url, *options]
    command += ["--report", "ndjson", "--report-ndjson-path", str(report)]
    where = {"FUZZED_URL": server.url, "FUZZED_FOLDER": str(server.folder)}
    done = subprocess.run(
        command,
        cwd=server.folder,
        env=os.environ | where | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout[-6000:] + done.stderr[-6000:]
    return done.returncode, done.stdout
