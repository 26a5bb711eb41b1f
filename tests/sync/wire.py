"""Pull and push as a test writes them."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.service import Patient

Json = Any  # What an answer holds is for the test to say.
CHANGES = "/v1/sync/changes"


def upsert(draft: dict[str, Json], base_revision: int = 0) -> dict[str, Json]:
    """The item that brings a whole draft."""
    data = {name: value for name, value in draft.items() if name != "id"}
    return {"id": draft["id"], "op": "upsert", "base_revision": base_revision, "data": data}


def edit(entry_id: str, base_revision: int, kind: str = "mood", **members: Json) -> dict[str, Json]:
    """The item that brings changed members alone."""
    data = {"kind": kind, **members}
    return {"id": entry_id, "op": "upsert", "base_revision": base_revision, "data": data}


def removal(entry_id: str) -> dict[str, Json]:
    """The item that deletes."""
    return {"id": entry_id, "op": "delete"}


@dataclass(frozen=True, slots=True)
class Wire:
    """One device of a patient on the wire of the sync."""

    patient: Patient
    device_id: str = "phone-a"

    def of(self, device_id: str) -> "Wire":
        """Another device of the same patient."""
        return Wire(self.patient, device_id)

    async def ask_push(self, body: Json) -> httpx.Response:
        """A push whose body the test wrote itself."""
        return await self.patient.ask("POST", CHANGES, json=body)

    async def push(self, *items: Json) -> list[dict[str, Json]]:
        """The results of a push."""
        answer = await self.ask_push({"device_id": self.device_id, "changes": list(items)})
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Json]] = answer.json()["results"]
        assert len(results) == len(items)
        return results

    async def push_one(self, item: Json) -> dict[str, Json]:
        """The result of a push of one item."""
        (result,) = await self.push(item)
        return result

    async def ask_pull(self, **query: Json) -> httpx.Response:
        """A pull with the query as given."""
        return await self.patient.ask("GET", CHANGES, params=query)

    async def pull(self, cursor: int = 0, **query: Json) -> dict[str, Json]:
        """One page of the feed, asked for by this device."""
        answer = await self.ask_pull(cursor=cursor, device_id=self.device_id, **query)
        assert answer.status_code == 200, answer.text
        page: dict[str, Json] = answer.json()
        return page

    async def pull_all(self, cursor: int = 0, **query: Json) -> list[dict[str, Json]]:
        """Every change after `cursor`, page by page."""
        changes: list[dict[str, Json]] = []
        page: dict[str, Json] = {"has_more": True, "cursor": cursor}
        while page["has_more"]:
            page = await self.pull(page["cursor"], **query)
            changes += page["changes"]
        return changes

    async def patch(self, entry: dict[str, Json], **members: Json) -> dict[str, Json]:
        """Change a single entry outside the sync; `entry` is what was read last."""
        answer = await self.patient.ask(
            "PATCH",
            f"/v1/entries/{entry['id']}",
            headers={"If-Match": f'"{entry["revision"]}"'},
            json=members,
        )
        assert answer.status_code == 200, answer.text
        changed: dict[str, Json] = answer.json()["entry"]
        return changed


def faults_of(results: list[dict[str, Json]]) -> list[tuple[str, str | None, str | None]]:
    """Status, code and pointer of each result."""
    return [
        (each["status"], each.get("error", {}).get("code"), each.get("error", {}).get("pointer"))
        for each in results
    ]
