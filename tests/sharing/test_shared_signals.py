"""Signals in a share: as many as the share alone would raise, and as they are answered."""

from typing import Any

import pytest

from tests.service import Patient, Service
from tests.sharing.links import (
    manifest,
    opened,
    share,
)
from tests.sharing.r4 import complaints, resources
from tests.sharing.shared_journal import ALL_KINDS, journal, plain

pytestmark = pytest.mark.anyio


async def signals_of(service: Service, patient: Patient, **scope: Any) -> list[str]:
    """The codes of the signals that a share shows."""
    wanted = {"kinds": ALL_KINDS, "include_signals": True, **scope}
    bundle = await opened(service, await share(patient, scope=wanted))
    assert complaints(bundle) == []
    return sorted(
        each["valueCodeableConcept"]["coding"][0]["code"]
        for each in resources(bundle, "Observation")
        if each["code"]["coding"][0]["code"] == "signal"
    )


async def test_signals_leave_only_as_far_as_what_they_rest_on_does(
    service: Service, patient: Patient
) -> None:
    await journal(patient)
    all_of_them = await signals_of(service, patient, include_assessment_item_answers=True)
    scores_only = await signals_of(service, patient)
    assert set(all_of_them) - set(scores_only) == {"signal-self-harm-item"}
    without_session = await signals_of(service, patient, kinds=["dissociation"])
    assert without_session == ["signal-asked-for-help"]
    assert set(without_session) < set(scores_only)


async def test_a_live_link_follows_the_answer_to_a_signal(
    service: Service, patient: Patient
) -> None:
    await journal(patient)
    scope = {"kinds": ALL_KINDS, "include_signals": True}
    link = await share(patient, mode="live", scope=scope)
    before = await manifest(service, link)
    assert await manifest(service, link) == before
    for signal in (await patient.ask("GET", "/v1/signals")).json()["items"]:
        path = f"/v1/signals/{signal['id']}"
        answer = await patient.ask("PATCH", path, json={"status": "acknowledged"})
        assert answer.status_code == 200
    after = await manifest(service, link)
    assert after != before
    assert "acknowledged" in plain(link.decrypted(after["files"][0]["embedded"]))
