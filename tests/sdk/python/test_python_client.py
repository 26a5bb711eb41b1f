"""The client of openapi-python-client: generated without a warning, type-checked, really used."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.contract.paths import OPENAPI, OPENAPI_FILE
from tests.contract.told import STORY, fresh_server, story_of
from tests.generators import generators

HERE = Path(__file__).parent
SETTINGS = OPENAPI / "generators" / "openapi-python-client.yaml"


def run(command: Sequence[str | Path], folder: Path) -> str:
    """What a command printed that finds the generated package and the story."""
    done = subprocess.run(
        [str(each) for each in command],
        env=os.environ | {"PYTHONPATH": f"{folder}:{HERE}", "MYPYPATH": f"{folder}:{HERE}"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
    return done.stdout


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the generated package."""
    folder = tmp_path_factory.mktemp("python-client")
    client = generators().parent / "openapi-python-client"
    inout: list[str | Path] = ["--path", OPENAPI_FILE, "--output-path", folder / "afterglow_client"]
    options: list[str | Path] = ["--meta", "none", "--config", SETTINGS, "--fail-on-warning"]
    run([client, "generate", *inout, *options], folder)
    return folder


def test_the_generated_client_and_the_story_are_well_typed(generated: Path) -> None:
    strict: list[str | Path] = [
        "--strict",
        "--config-file",
        "",
        "--explicit-package-bases",
        "--cache-dir",
        ".mypy",
    ]
    where: list[str | Path] = ["--python-executable", generators(), "-p", "story"]
    run([sys.executable, "-m", "mypy", *strict, *where], generated)


def test_the_story_is_told_through_the_generated_client(generated: Path, tmp_path: Path) -> None:
    with fresh_server(tmp_path) as server:
        printed = run([generators(), "-m", "story.tell", server.url, tmp_path / "mail"], generated)
    assert story_of(json.loads(printed)) == STORY
