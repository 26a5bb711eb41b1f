"""A signal that does not open: named in the list, dismissed, and for no reader as if none were."""

from typing import Any

import pytest

from app.database import Database
from app.safety.store import SIGNAL
from app.telemetry import SEAL_FAILURES
from app.vault.vault import SETTLED_AFTER
from tests.clocks import SetClock
from tests.journal.broken_rows import SPOILT, Spoil, spoil_column
from tests.safety.test_closed_neighbours import changed
from tests.safety.test_saves import phq9, signals_of
from tests.service import Patient, Service, an_entry
from tests.sharing.links import a_draft, account_of, ask_for, chain, opened, room, share
from tests.vault.test_key_versions import spoil_version

pytestmark = pytest.mark.anyio
# What an answer holds is for the test to say.
Json = dict[str, Any]
KEPT = {name: how for name, how in SPOILT.items() if name != "nothing left"}
WITH_SIGNALS = {
    "kinds": ["mood", "assessment"],
    "include_signals": True,
    "include_assessment_item_answers": True,
}


async def two_signals(service: Service, patient: Patient, how: Spoil | None = None) -> list[Json]:
    """The signals of two entries, the second of which is spoilt."""
    drafts = (an_entry(help_wanted=True), phq9(2))
    signals = [(await patient.save(draft))["signals"][0] for draft in drafts]
    await spoil_column(service, patient, SIGNAL.c.sealed, signals[1]["id"], *([how] if how else []))
    return signals


async def listed(patient: Patient) -> Json:
    """The list of signals."""
    answer = await patient.ask("GET", "/v1/signals")
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


async def answered(patient: Patient, signal: Json, status: str) -> tuple[int, str | None]:
    """The status and the code of the answer to a patient's answer."""
    answer = await patient.ask("PATCH", f"/v1/signals/{signal['id']}", json={"status": status})
    return answer.status_code, answer.json().get("code")


@pytest.mark.parametrize("how", KEPT.values(), ids=KEPT)
async def test_the_list_goes_without_it_and_names_it(
    service: Service, patient: Patient, how: Spoil
) -> None:
    sound, closed = await two_signals(service, patient, how)
    before = SEAL_FAILURES.counts.get(("signal",), 0)
    told = await listed(patient)
    assert SEAL_FAILURES.counts["signal",] == before + 1
    assert [each["id"] for each in told["items"]] == [sound["id"]]
    assert told["unreadable"] == [{"id": closed["id"]}]


async def test_pages_go_on_past_it(service: Service, patient: Patient) -> None:
    sound, closed = await two_signals(service, patient)
    items: list[str] = []
    unreadable: list[Json] = []
    more: str | None = ""
    while more is not None:
        page = (await patient.ask("GET", f"/v1/signals?limit=1{more}")).json()
        items += [each["id"] for each in page["items"]]
        unreadable += page.get("unreadable", [])
        more = f"&cursor={page['next_cursor']}" if "next_cursor" in page else None
    assert (items, unreadable) == ([sound["id"]], [{"id": closed["id"]}])


async def test_it_can_be_dismissed_and_is_gone(service: Service, patient: Patient) -> None:
    sound, closed = await two_signals(service, patient)
    assert await answered(patient, closed, "acknowledged") == (500, "signal_unreadable")
    assert (await listed(patient))["unreadable"] == [{"id": closed["id"]}]
    for _ in range(2):
        assert await answered(patient, closed, "dismissed") == (404, "not_found")
        told = await listed(patient)
        assert [each["id"] for each in told["items"]] == [sound["id"]]
        assert "unreadable" not in told
    account_id = await account_of(service, patient)
    events = await chain(room(service).equipment.database, account_id, closed["id"])
    assert events == [("signal.answered", "done", "device")]


async def test_no_link_to_its_entry_is_made_or_opened_as_if_there_were_none(
    service: Service, patient: Patient
) -> None:
    live = await share(patient, mode="live", scope=WITH_SIGNALS)
    _, closed = await two_signals(service, patient)
    await patient.step_up()
    for answer in (
        await ask_for(service, live, live.passcode),
        await patient.ask("POST", "/v1/shares", json=a_draft(WITH_SIGNALS)),
    ):
        assert (answer.status_code, answer.json()["code"]) == (500, "signal_unreadable")
    await share(patient, a_draft({"kinds": ["mood", "assessment"]}))
    await share(patient, a_draft(WITH_SIGNALS | {"kinds": ["mood"]}))
    await answered(patient, closed, "dismissed")
    assert await opened(service, live)
    assert [each["code"] for each in await signals_of(patient)] == ["asked_for_help"]


async def test_what_waits_for_a_version_of_the_key_outlives_the_saves_of_its_entry(
    service: Service, patient: Patient, database: Database, clock: SetClock
) -> None:
    """Of a wrapped key the row can be brought back, and with it what the patient answered."""
    saved = await patient.save(phq9(2))
    (first,) = saved["signals"]
    account_id, vault = await account_of(service, patient), room(service).equipment.vault
    assert await answered(patient, first, "acknowledged") == (200, first["code"])
    await database.write(account_id, lambda work: vault.add_version(work, account_id))
    clock.advance(seconds=SETTLED_AFTER.total_seconds())
    vault.forget(account_id)
    noted = await changed(patient, saved["entry"], note="under the second version")
    await spoil_version(database, account_id, 1)
    for note in ("a word", "another"):
        noted = await changed(patient, noted["entry"], note=note)
        (raised,) = noted["signals"]
        assert (raised["code"], raised["status"]) == ("self_harm_item", "open")
        assert noted["signals_unavailable"] is True
        told = await listed(patient)
        assert [each["id"] for each in told["items"]] == [raised["id"]]
        assert told["unreadable"] == [{"id": first["id"]}]
    await spoil_version(database, account_id, 1)  # the bit turns back
    states = {each["id"]: each["status"] for each in (await listed(patient))["items"]}
    assert states == {raised["id"]: "open", first["id"]: "acknowledged"}
    noted = await changed(patient, noted["entry"], note="once more")
    assert [each["id"] for each in noted["signals"]] == [raised["id"]]
    states = {each["id"]: each["status"] for each in await signals_of(patient)}
    assert states == {raised["id"]: "open", first["id"]: "superseded"}
