"""An entry reads the same to the byte, whichever way it is asked for."""

import pytest

from tests.service import Patient, Service, an_entry

pytestmark = pytest.mark.anyio


async def test_list_and_pull_show_an_entry_as_it_reads_alone(
    service: Service, patient: Patient
) -> None:
    """Lists are made of rows as they lie there; a single entry of its dates and numbers."""
    saved = await patient.save(an_entry(note="»ä🙂"))
    path = f"/v1/entries/{saved['entry']['id']}"
    service.clock.advance(minutes=3, microseconds=7_999)
    revision = f'"{saved["entry"]["revision"]}"'
    changed = await patient.ask("PATCH", path, {"If-Match": revision}, json={"score": 3})
    assert changed.status_code == 200, changed.text

    alone = (await patient.ask("GET", path)).content
    listed = await patient.ask("GET", "/v1/entries")
    assert listed.content == b'{"items":[' + alone + b"]}"
    pulled = await patient.ask("GET", "/v1/sync/changes")
    assert b'"deleted":false,"entry":' + alone + b"}" in pulled.content
    assert alone.count(b".") >= 2, "instants of the server have milliseconds"


async def test_a_tombstone_among_entries_holds_none_of_them_up(patient: Patient) -> None:
    first, second = [await patient.save(an_entry()) for _ in range(2)]
    path, revision = f"/v1/entries/{first['entry']['id']}", f'"{first["entry"]["revision"]}"'
    gone = await patient.ask("DELETE", path, {"If-Match": revision})
    assert gone.status_code == 204
    changes = (await patient.ask("GET", "/v1/sync/changes")).json()["changes"]
    assert [each["id"] for each in changes] == [second["entry"]["id"], first["entry"]["id"]]
    assert [each["deleted"] for each in changes] == [False, True]
    assert changes[0]["entry"] == second["entry"]
