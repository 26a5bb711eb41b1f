"""What OpenAPI Generator writes from the committed file."""

import shutil
from pathlib import Path

from tests.contract.paths import OPENAPI, OPENAPI_FILE
from tests.generators import java, packages
from tests.node import run


def jar() -> Path:
    """The generator, which carries Jackson too."""
    return packages() / "openapi_generator_cli" / "openapi-generator.jar"


def written(folder: Path, *languages: str) -> Path:
    """The folder, now with one client a language, written by one run."""
    shutil.copy(OPENAPI_FILE, folder)
    settings: list[str | Path] = [
        shutil.copy(OPENAPI / "generators" / f"{each}.yaml", folder) for each in languages
    ]
    roots: list[str | Path] = ["--root-dir", folder, "--includes-base-dir", folder]
    run([java(), "-jar", jar(), "batch", "--fail-fast", *roots, "--", *settings], folder)
    return folder
