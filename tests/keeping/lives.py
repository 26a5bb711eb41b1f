"""A patient with something in every sealed column, and what all of it reads like over HTTP."""

from typing import Any

from tests.service import Patient, Service, an_entry, settled
from tests.sharing.links import manifest, share

# What an answer holds is for the test to say.
Json = Any
PHQ9 = {
    "instrument": "phq-9",
    "answers": [{"item": item, "value": 3 if item == 9 else 0} for item in range(1, 10)],
}
NOTE = "the canary sang at dawn"
READS = (
    "/v1/entries?limit=200",
    "/v1/profile",
    "/v1/devices",
    "/v1/signals",
    "/v1/shares",
    "/v1/trends/daily?metric=mood",
    "/v1/sync/changes",
)


async def live(service: Service) -> Patient:
    """A patient with entries, one of them changed, one deleted; a signal, a share, an answer."""
    patient = await service.sign_up()
    entry = an_entry("mood", note=NOTE)
    saved = (await patient.save(entry))["entry"]
    for score in (3, 4):
        answer = await patient.ask(
            "PATCH",
            f"/v1/entries/{entry['id']}",
            headers={
                "If-Match": f'"{saved["revision"]}"',
                "Content-Type": "application/merge-patch+json",
            },
            json={"score": score},
        )
        assert answer.status_code == 200, answer.text
        saved = answer.json()["entry"]
    gone = (await patient.save(an_entry("anxiety")))["entry"]
    await patient.ask(
        "DELETE", f"/v1/entries/{gone['id']}", headers={"If-Match": f'"{gone["revision"]}"'}
    )
    for kind in ("anxiety", "flashback", "dissociation", "session", "assessment"):
        await patient.save(an_entry(kind))
    envelope = {name: an_entry()[name] for name in ("id", "occurred_at", "time_zone")}
    await patient.save({"kind": "assessment", **envelope, **PHQ9})
    link = await share(patient)
    await manifest(service, link)
    for _ in range(2):  # the first of a cheap trend is not kept
        await read_all(patient)
    await settled(service)
    return patient


async def read_all(patient: Patient) -> dict[str, Json]:
    """Everything the patient can read, by path."""
    found: dict[str, Json] = {}
    for path in READS:
        answer = await patient.ask("GET", path)
        assert answer.status_code == 200, (path, answer.text)
        found[path] = answer.json()
    (mood,) = [each for each in found[READS[0]]["items"] if each["kind"] == "mood"]
    history = await patient.ask("GET", f"/v1/entries/{mood['id']}/history")
    assert history.status_code == 200, history.text
    assert len(history.json()["items"]) == 2
    return {**found, "history": history.json()}
