"""Only what is judged by itself is said to be brief: it stops an event loop while it runs."""

from typing import Any
from uuid import uuid4

import pytest

from app.journal.kinds import KINDS
from app.journal.review import LOOKS_AT_NO_OTHER
from app.journal.sync import FEW_ITEMS
from app.safety.rules import context_needed
from tests.safety.journals import DOSE, dissociation, entry, flashback, session
from tests.service import Patient, Service, an_entry
from tests.sync.recorder import record
from tests.sync.wire import Wire, removal, upsert

pytestmark = pytest.mark.anyio
OTHERS = ("flashback", "dissociation", "session", "assessment")


def test_a_kind_that_looks_at_no_other_needs_none() -> None:
    """Questionnaires need none for the rules, and all of a month for a second look."""
    alone = [entry("mood", DOSE, score=1), entry("anxiety", DOSE, level=9, help_wanted=True)]
    urinary = session(adverse_effects=[{"code": "urinary", "severity": 1}])
    assert {each["kind"] for each in alone} == LOOKS_AT_NO_OTHER
    assert not any(context_needed(each) for each in alone)
    assert all(context_needed(each) for each in (dissociation(300, 9), flashback(3), urinary))
    assert {*KINDS} == {*LOOKS_AT_NO_OTHER, *OTHERS}


async def test_a_new_mood_is_brief_and_what_has_others_looked_at_is_not(
    service: Service, patient: Patient
) -> None:
    recorder = record(service)
    saved = (await patient.save(an_entry()))["entry"]
    assert recorder.brief == [True]
    for kind in OTHERS:
        await patient.save(an_entry(kind))
    answer = await patient.ask(
        "DELETE", f"/v1/entries/{saved['id']}", {"If-Match": f'"{saved["revision"]}"'}
    )
    assert answer.status_code == 204
    assert recorder.brief[1:] == [False] * (len(OTHERS) + 1)


async def test_a_push_is_brief_if_all_of_few_items_are(service: Service, phone: Wire) -> None:
    recorder = record(service)
    few = [upsert(an_entry()) for _ in range(FEW_ITEMS)]
    await phone.push(*few)
    assert recorder.brief == [True]
    odd: list[Any] = [{"id": str(uuid4()), "op": "upsert", "data": {"kind": []}}]
    for items in (
        [*few, upsert(an_entry())],
        [upsert(an_entry("flashback"))],
        [upsert(an_entry()) | {"base_revision": 1}],
        [removal(an_entry()["id"])],
        odd,
    ):
        await phone.push(*items)
    assert recorder.brief[1:] == [False] * 5
