"""The guide cannot rot: its code is part of tested clients, and its example is pushed."""

import json
import re
from pathlib import Path

import pytest

from app.journal.push import SyncStatus
from tests.sync.wire import CHANGES, Wire

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "clients" / "offline-sync.md").read_text()
CLIENTS = [
    path.read_text()
    for folder in ("outbox", "watermelondb", "rxdb")
    for path in (ROOT / "tests" / "sdk" / folder).glob("*.mjs")
]
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
CODE = [text for language, text in BLOCKS if language == "js"]
EXAMPLES = [json.loads(text) for language, text in BLOCKS if language == "json"]
STATUSES = ("applied", "unchanged", "conflict", "gone", "missing", "rejected")


def test_every_block_is_code_or_an_example() -> None:
    assert {language for language, _ in BLOCKS} == {"js", "json"}
    assert len(CODE) > 8
    assert len(EXAMPLES) == 1


@pytest.mark.parametrize("code", CODE, ids=[code.partition("(")[0].strip() for code in CODE])
def test_every_block_of_code_is_a_verbatim_part_of_a_tested_client(code: str) -> None:
    assert any(code in client for client in CLIENTS)


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_is_explained(status: str) -> None:
    assert f"| `{status}` |" in GUIDE
    assert set(STATUSES) == set(SyncStatus.__args__)  # type: ignore[attr-defined]  # of a Literal


def declared_codes() -> set[tuple[str, str]]:
    """Status and code of every refusal that the contract declares of the two operations."""
    contract = json.loads((ROOT / "openapi" / "openapi.json").read_text())
    operations = contract["paths"]["/v1/sync/changes"].values()
    return {
        (status, code)
        for operation in operations
        for status, answer in operation["responses"].items()
        for code in re.findall(r"`(\w+)`", answer.get("description", ""))
        if status != "200"
    }


@pytest.mark.parametrize(("status", "code"), sorted(declared_codes()))
def test_every_error_says_what_the_phone_does(status: str, code: str) -> None:
    table = GUIDE.partition("## Every error")[2].partition("## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| ")]
    named = [row for row in rows if status in row]
    assert named, f"nothing is said of {status}"
    assert status in ("500", "503") or any(f"`{code}`" in row for row in named)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/.]+)`", GUIDE))))
def test_every_path_of_the_guide_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.anyio
async def test_the_example_is_a_push_that_the_server_understands(phone: Wire) -> None:
    answer = await phone.patient.ask("POST", CHANGES, json=EXAMPLES[0])
    assert [each["status"] for each in answer.json()["results"]] == [
        "applied",
        "missing",
        "applied",
    ]
