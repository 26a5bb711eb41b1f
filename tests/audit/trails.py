"""A patient's chain, as `listAuditEvents` tells it."""

from typing import Any

from tests.service import Patient

# What an answer holds is for the test to say.
Json = dict[str, Any]


async def events_of(patient: Patient) -> list[Json]:
    """Every event, the oldest first."""
    events: list[Json] = []
    params: dict[str, str] = {"limit": "200"}
    while True:
        answer = await patient.ask("GET", "/v1/audit-events", params=params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        events += page["items"]
        if "next_cursor" not in page:
            return events[::-1]
        params["cursor"] = page["next_cursor"]


def told(events: list[Json]) -> list[tuple[str, str, str]]:
    """Action, outcome and the kind of who did it."""
    return [(each["action"], each["outcome"], each["actor"]["kind"]) for each in events]
