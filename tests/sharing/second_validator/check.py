"""Run apart, with packages of its own: what a second validator finds wrong with some Bundles.

Bundles as a JSON array on standard input; on standard output, for each of them its errors.
"""

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyfhircheck.config import ValidatorConfig  # type: ignore[import-not-found]  # installed apart
from pyfhircheck.core.engine import Validator  # type: ignore[import-not-found]  # installed apart
from pyfhircheck.models import Severity  # type: ignore[import-not-found]  # installed apart

FILES = ("profiles-resources", "profiles-types", "profiles-others", "valuesets", "v3-codesystems")
KINDS = {"StructureDefinition", "ValueSet", "CodeSystem"}


def spread(definitions: Path, folder: Path) -> None:
    """The validator reads one definition a file; they come in Bundles."""
    for name in FILES:
        bundle = json.loads((definitions / f"{name}.json").read_text("utf-8"))
        for entry in bundle["entry"]:
            resource = entry["resource"]
            if resource["resourceType"] in KINDS:
                file = folder / f"{resource['resourceType']}-{resource['id']}.json"
                file.write_text(json.dumps(resource), "utf-8")


def errors(definitions: Path, bundles: list[Any]) -> list[list[str]]:
    """Code, place and message of each error. (Bundles are free JSON, hence Any.)"""
    with TemporaryDirectory() as folder:
        spread(definitions, Path(folder))
        config = {"localPackagePaths": [folder], "terminology": {"mode": "local"}}
        validator = Validator(ValidatorConfig.load_dict(config))
        if not validator.loaded_structure_definitions:
            raise LookupError("no definition was read")
        return [
            [
                f"{issue.code} {issue.path}: {issue.message}"
                for issue in validator.validate_resource(bundle).issues
                if issue.severity is Severity.ERROR
            ]
            for bundle in bundles
        ]


if __name__ == "__main__":
    given = json.load(sys.stdin)
    with redirect_stdout(sys.stderr):  # its FHIRPath engine prints traces
        found = errors(Path(sys.argv[1]), given)
    json.dump(found, sys.stdout)
