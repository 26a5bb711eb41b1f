"""What stands in clear beside a seal makes no entry of a deleted one, nor the other way round."""

import pytest

from app.journal.store import ENTRY
from tests.journal.broken_rows import answered, mark, named, saved, seen_of, spoil
from tests.journal.kept_digests import delete, kept, replace
from tests.portability.exports import exported, exported_lines, tables_of
from tests.service import Patient, Service
from tests.sync.wire import Wire

pytestmark = pytest.mark.anyio


async def test_what_has_content_is_not_deleted_whatever_stands_in_clear(
    service: Service, patient: Patient
) -> None:
    first = await saved(patient, score=2, note="before")
    entry = await replace(patient, first, note="as it is")
    whole = await seen_of(patient, entry)
    await mark(service, patient, entry["id"], deleted=True)
    seen = await kept(service, patient)
    await seen.forget()
    assert await seen_of(patient, entry) == whole
    await spoil(service, patient, entry["id"], ENTRY)
    assert await seen_of(patient, entry) == whole
    changed = await replace(patient, entry, note="and then")
    assert (await answered(patient, "/v1/entries"))["items"] == [changed]


async def test_a_list_is_sound_where_a_row_was_emptied_but_for_its_time(
    service: Service, patient: Patient
) -> None:
    broken = await saved(patient)
    await spoil(service, patient, broken["id"], how=lambda _: None)
    await mark(service, patient, broken["id"], deleted=True)
    listed = await answered(patient, "/v1/entries")
    assert listed == {"items": [], "unreadable": named(broken)}


async def test_what_is_deleted_does_not_come_back_by_what_stands_in_clear(
    service: Service, patient: Patient
) -> None:
    entry = await saved(patient)
    await delete(patient, entry)
    (tombstone,) = (await Wire(patient).pull())["changes"]
    await mark(service, patient, entry["id"], deleted=False)
    pulled = await Wire(patient).pull()
    assert (pulled["changes"], pulled["unreadable"]) == ([], named(tombstone))
    assert await answered(patient, "/v1/entries") == {"items": []}
    told = [
        each for each in await exported_lines(patient) if each["type"] in ("entry", "unreadable")
    ]
    assert [(each["type"], each["id"]) for each in told] == [("unreadable", entry["id"])]
    tables = tables_of(await exported(patient, "csv"))
    assert [each["id"] for each in tables["unreadable"]] == [entry["id"]]
