"""What was carried off can be brought in again, entry by entry, into a fresh account."""

import pytest

from app.journal.kinds import KINDS
from tests.portability.exports import exported, told
from tests.portability.imports import commit, counts, entries, undo
from tests.service import Patient, Service, an_entry

pytestmark = pytest.mark.anyio


async def test_a_whole_journal_moves_to_another_account_and_back_out(service: Service) -> None:
    old, new = await service.sign_up(), await service.sign_up()
    session = (await old.save(an_entry("session")))["entry"]
    linked = an_entry("dissociation", session_id=session["id"])
    linked["occurred_at"] = "2026-06-01T11:30:00+02:00"
    del linked["spontaneous"]
    await old.save(linked)
    await old.save(an_entry("mood", session_id=session["id"], note="After it."))
    content = (await exported(old, "ndjson")).decode()
    report = await commit(new, "afterglow", content)
    lines = len(content.splitlines())
    assert counts(report) == {"rows": lines, "created": 3, "skipped": lines - 3}
    assert await told(new) == await told(old)
    assert counts(await undo(new, report["id"])) == {"removed": 3}
    assert (await commit(new, "afterglow", content))["created"] == 3
    (moved,) = await entries(new, kind="session")
    assert moved["id"] != session["id"], "deleted ids never come back to life"
    links = [each["session_id"] for each in await entries(new) if each["kind"] != "session"]
    assert links == [moved["id"]] * 2


async def test_every_example_of_every_kind_comes_back_as_it_was(service: Service) -> None:
    old, new = await service.sign_up(), await service.sign_up()
    examples = [each for kind in KINDS.values() for each in kind.examples]
    for each in sorted(examples, key=lambda each: each["kind"] != "session"):
        await old.save(each)
    report = await commit(new, "afterglow", (await exported(old, "ndjson")).decode())
    assert report["created"] == len(examples)
    assert await told(new) == await told(old)


async def test_an_entry_comes_back_that_its_moved_session_has_left_behind(
    service: Service,
) -> None:
    old, new = await service.sign_up(), await service.sign_up()
    session = (await old.save(an_entry("session")))["entry"]
    linked = an_entry("dissociation", spontaneous=False, session_id=session["id"])
    await old.save(linked)
    path, tag = f"/v1/entries/{session['id']}", {"If-Match": f'"{session["revision"]}"'}
    moved = {"occurred_at": "2026-05-20T12:00:00+02:00"}
    assert (await old.ask("PATCH", path, tag, json=moved)).status_code == 200
    report = await commit(new, "afterglow", (await exported(old, "ndjson")).decode())
    assert (report["created"], report["refused"]) == (2, [])
    assert await told(new) == await told(old)


async def test_an_entry_keeps_its_link_to_a_session_that_was_deleted(service: Service) -> None:
    old, new = await service.sign_up(), await service.sign_up()
    session = (await old.save(an_entry("session")))["entry"]
    await old.save(an_entry("mood", session_id=session["id"]))
    tag = {"If-Match": f'"{session["revision"]}"'}
    assert (await old.ask("DELETE", f"/v1/entries/{session['id']}", tag)).status_code == 204
    await commit(new, "afterglow", (await exported(old, "ndjson")).decode())
    assert await told(new) == await told(old)
    assert (await entries(new))[0]["session_id"] == session["id"]


async def test_bad_lines_are_told_by_number_and_hold_no_other_up(patient: Patient) -> None:
    await patient.save(an_entry("mood"))
    lines = (await exported(patient, "ndjson")).decode().splitlines()
    entry = next(line for line in lines if line.startswith('{"type":"entry"'))
    wrong = [
        "no JSON",
        entry.replace('"score":6.0', '"score":99').replace('"id":"', '"id":"0'[:-1]),
        entry.replace('"kind":"mood"', '"kind":"dream"'),
        entry.replace('"content_version":1', '"content_version":9'),
        '{"type":"entry"}',
        '{"type":[]}',
        entry.replace('"content_version":1', '"content_version":true'),
    ]
    report = await commit(patient, "afterglow", "\n".join([*wrong, entry]))
    assert counts(report) == {"rows": 8, "known": 1, "refused_count": 7}
    assert [(each["row"], each["code"]) for each in report["refused"]] == [
        (1, "malformed_row"),
        (2, "out_of_range"),
        (3, "unknown_kind"),
        (4, "unknown_format"),
        (5, "malformed_row"),
        (6, "malformed_row"),
        (7, "malformed_row"),
    ]
