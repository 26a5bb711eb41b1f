"""What the service itself writes is drawn: its trend document, its Bundle."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any  # Bundles are free JSON
from uuid import UUID

import pytest

from app.journal.kinds import KIND_NAMES, headline, payload, read_draft
from app.journal.scope import Scope
from app.sharing.fhir.bundle import BundleContent, build_bundle
from app.trends.document import trend_document
from tests.browser.conftest import Desk
from tests.browser.sharing_end import SharingEnd

JOURNEY = Path(__file__).parents[1] / "vectors" / "statistics" / "journey.json"
SHARE = UUID("0197c0de-0000-7000-8000-00000000005a")


@pytest.fixture(scope="module")
def journey() -> dict[str, Any]:  # free JSON
    """The Bundle of the journey in the vectors, everything shared."""
    told = json.loads(JOURNEY.read_text())
    entries = []
    for written in told["entries"]:
        draft = read_draft(written["entry"])
        saved_at = datetime.fromisoformat(written["written_at"])
        entries.append(json.loads(payload(draft.id, draft.content, saved_at)))
    now = datetime.fromisoformat(told["now"])
    scope = Scope(
        account_id=SHARE,
        kinds=frozenset(KIND_NAMES),
        first=date(2026, 2, 7),
        last=date(2026, 4, 7),
        notes=True,
        signals=False,
        item_answers=True,
    )
    headlines = [headline(entry, 1) for entry in entries]
    document = trend_document(
        headlines,
        scope,
        today=now.date(),
        zone=told["time_zone"],
        generated_at=now,
        mode="snapshot",
    )
    content = BundleContent(
        namespace=SHARE,
        generated_at=now,
        entries=entries,
        subject_name="Robin Sample",
        trend_document=document.model_dump_json(by_alias=True, exclude_none=True).encode(),
    )
    bundle: dict[str, Any] = json.loads(json.dumps(build_bundle(content)))
    return bundle


def test_the_bundle_of_the_service_is_drawn_whole(
    desk: Desk, end: SharingEnd, journey: dict[str, Any]
) -> None:
    desk.open(end.publish(journey))
    titles = desk.page.locator("h2").all_inner_texts()
    assert titles[:7] == [
        "At a glance",
        "Over time",
        "Around the sessions",
        "Dissociation after the dose",
        "Sessions",
        "Questionnaires",
        "What was logged",
    ]
    assert desk.page.locator("svg[role=img]").count() >= 8
    assert "could not be drawn" not in desk.words()
    assert desk.complaints == []


def test_the_numbers_of_the_service_stand_on_the_page(
    desk: Desk, end: SharingEnd, journey: dict[str, Any]
) -> None:
    desk.open(end.publish(journey))
    words = desk.words()
    assert "7 Feb – 7 Apr 2026 · 60 days" in words
    assert "54 of 60 days, longest gap 2 days" in words
    assert "95 % interval 5.7 to 9.9" in words
    assert "8.5, back to usual after 110\u00a0min" in words
    desk.page.get_by_text("Data table: PHQ-9").click()
    scores = desk.page.get_by_role("table", name="PHQ-9 scores").locator("td:nth-child(2)")
    assert scores.all_inner_texts() == ["15", "13", "8", "6", "10"]
