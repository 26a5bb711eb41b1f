"""Two linters find nothing in the OpenAPI file, and something in a broken one."""

import json
import re
from copy import deepcopy
from pathlib import Path

from tests.contract.paths import OPENAPI, OPENAPI_FILE, Document
from tests.node import attempt, installed

RULES = OPENAPI / ".spectral.yaml"


def spectral(file: Path) -> list[Document]:
    """What Spectral finds in the file, warnings and hints too."""
    binary = installed(OPENAPI) / ".bin/spectral"
    command: list[str | Path] = [
        binary,
        "lint",
        "-r",
        RULES,
        "-F",
        "hint",
        "-f",
        "json",
        "--quiet",
        file,
    ]
    printed = attempt(command, OPENAPI)
    assert printed.returncode in (0, 1), printed.stderr
    found: list[Document] = json.JSONDecoder().raw_decode(printed.stdout)[0]
    return found


def redocly(file: Path) -> tuple[int, str]:
    """Exit status and findings of Redocly."""
    binary = installed(OPENAPI) / ".bin/redocly"
    command: list[str | Path] = [
        binary,
        "lint",
        file,
        "--config",
        OPENAPI / "redocly.yaml",
        "--format",
        "json",
    ]
    done = attempt(command, OPENAPI)
    return done.returncode, done.stdout


def test_spectral_finds_nothing() -> None:
    assert spectral(OPENAPI_FILE) == []


def test_redocly_finds_nothing() -> None:
    status, printed = redocly(OPENAPI_FILE)
    assert (status, json.loads(printed)["problems"]) == (0, [])


def test_redocly_finds_a_planted_break(document: Document, tmp_path: Path) -> None:
    broken = deepcopy(document)
    broken["components"]["schemas"]["MoodDraft"]["examples"][0]["score"] = "six"
    status, printed = redocly(written(broken, tmp_path))
    assert status == 1
    assert {each["ruleId"] for each in json.loads(printed)["problems"]} == {
        "no-invalid-schema-examples"
    }


def test_every_rule_of_ours_finds_its_planted_break(document: Document, tmp_path: Path) -> None:
    ours = set(re.findall(r"^  ([a-z-]+):\n    description:", RULES.read_text(), re.MULTILINE))
    assert len(ours) >= 15
    found = {each["code"] for each in spectral(written(broken_everywhere(document), tmp_path))}
    assert ours - found == set()


def written(document: Document, folder: Path) -> Path:
    """The document as a file."""
    file = folder / "openapi.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def broken_everywhere(document: Document) -> Document:
    """One break for each rule of ours."""
    broken = deepcopy(document)
    paths, schemas = broken["paths"], broken["components"]["schemas"]
    entry, entries = paths["/v1/entries/{entry_id}"], paths["/v1/entries"]
    entries["get"] |= {"operationId": "Entries", "tags": ["Journal", "Sync"]}
    entries["get"]["parameters"] += [
        {"name": "sortBy", "in": "query", "schema": {"type": "number"}},
        {"name": "token", "in": "query", "schema": {"anyOf": []}},
    ]
    entries["post"]["description"] = "Save"
    del entries["post"]["responses"]["201"]["headers"]["X-Request-Id"]
    entries["post"]["responses"]["409"]["content"] = {"application/json": {}}
    del entry["delete"]["responses"]["428"]
    entry["put"]["parameters"] = []
    del entry["patch"]["requestBody"]["content"]["application/merge-patch+json"]
    paths["/v1/Entries/"] = {}
    schemas["Mood-Input"] = {"allOf": [], "nullable": True}
    schemas["Mood"]["properties"]["scoreNow"] = {"type": "string", "format": "date-time"}
    del schemas["EntryDraft"]["discriminator"]["mapping"]
    schemas["EntryPage"]["required"] = []
    return broken
