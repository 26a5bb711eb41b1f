"""Imports as tests ask for them."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.service import Patient

# What a report holds is for the test to say.
Json = dict[str, Any]

SAMPLES = Path(__file__).parent / "samples"
DAYLIO = (SAMPLES / "daylio.csv").read_text(encoding="utf-8")
BEARABLE = (SAMPLES / "bearable.csv").read_text(encoding="utf-8")
COUNTS = ("rows", "created", "known", "deleted", "skipped", "refused_count", "removed", "kept")


async def ask(patient: Patient, order: Json, status: int = 200) -> Json:
    """One request and its answer."""
    answer = await patient.ask("POST", "/v1/imports", json=order)
    assert answer.status_code == status, answer.text
    assert answer.headers["cache-control"] == "no-store"
    told: Json = answer.json()
    return told


async def preview(patient: Patient, diary: str, content: str, **more: Any) -> Json:
    """Try an import."""
    return await ask(patient, {"action": "preview", "diary": diary, "content": content, **more})


async def commit(patient: Patient, diary: str, content: str, **more: Any) -> Json:
    """Carry an import out, under an id of its own unless `id` is given."""
    order = {"action": "commit", "id": str(uuid4()), "diary": diary, "content": content}
    return await ask(patient, {**order, **more})


async def undo(patient: Patient, import_id: str) -> Json:
    """Take it out again."""
    return await ask(patient, {"action": "undo", "id": import_id})


def counts(report: Json) -> Json:
    """The numbers of a report that are not zero."""
    return {name: report[name] for name in COUNTS if report[name]}


def refused(report: Json) -> list[tuple[int, str, str | None]]:
    """Row, code and pointer of each refused row."""
    return [(each["row"], each["code"], each.get("pointer")) for each in report["refused"]]


async def entries(patient: Patient, **query: Any) -> list[Json]:
    """The whole journal, newest first."""
    answer = await patient.ask("GET", "/v1/entries", params={"limit": 200, **query})
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


def members(entry: Json) -> Json:
    """What the client said in an entry."""
    made_here = {"local_date", "retrospective", "revision", "created_at", "updated_at", "result"}
    return {name: value for name, value in entry.items() if name not in made_here}


async def change(patient: Patient, method: str, entry: Json, **more: Any) -> None:
    """Change or delete an entry as it stands."""
    tag = {"If-Match": f'"{entry["revision"]}"'}
    answer = await patient.ask(method, f"/v1/entries/{entry['id']}", tag, **more)
    assert answer.status_code in (200, 204), answer.text
