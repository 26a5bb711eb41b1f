"""Exports as tests read them."""

import csv
import json
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

from app.journal.kinds import KINDS
from tests.service import Patient

# What a file holds is for the test to say.
Json = dict[str, Any]


async def exported(patient: Patient, form: str) -> bytes:
    """The export of a patient who has just proved who they are."""
    await patient.step_up()
    answer = await patient.ask("GET", "/v1/export", params={"format": form})
    assert answer.status_code == 200, answer.text
    return answer.content


async def exported_lines(patient: Patient) -> list[Json]:
    """The objects of the complete export."""
    return [json.loads(line) for line in (await exported(patient, "ndjson")).splitlines()]


def of_type(lines: list[Json], kind: str) -> list[Json]:
    """The lines that say they are this."""
    return [line for line in lines if line["type"] == kind]


def tables_of(folder: bytes) -> dict[str, list[dict[str, str]]]:
    """The rows of each file of a zip, by its name without ending."""
    with ZipFile(BytesIO(folder)) as zipped:
        assert zipped.testzip() is None
        texts = {each: zipped.read(each).decode("utf-8-sig") for each in zipped.namelist()}
    return {
        name.removesuffix(".csv"): list(csv.DictReader(StringIO(text, newline="")))
        for name, text in texts.items()
    }


SERVER = {"revision", "created_at", "updated_at", "retrospective"}
"""What the server gives an entry anew when it is brought in."""


async def told(patient: Patient) -> list[Json]:
    """The entries of an export in their order, without what the server gives each anew."""
    lines = of_type(await exported_lines(patient), "entry")
    return [{n: v for n, v in each["entry"].items() if n not in SERVER} for each in lines]


async def write_one_of_each(patient: Patient) -> list[Json]:
    """Every example of every kind, sessions first; the read entries."""
    examples = [each for kind in KINDS.values() for each in kind.examples]
    examples.sort(key=lambda each: each["kind"] != "session")
    return [(await patient.save(each))["entry"] for each in examples]
