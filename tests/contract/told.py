"""What every generated client sees when it tells the patient's story to a running server."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.faults.engines import EngineName, a_database
from tests.process import RunningService, served

# What a client printed is for the test to say.
Json = dict[str, Any]

STORY: Json = {
    "kinds": [
        "session ketamine_racemic",
        "mood 6.5",
        "anxiety 4.5",
        "flashback episode",
        "dissociation 7",
        "assessment phq-9 10",
        "assessment phq-9 -",
    ],
    "conflict": ["entry_exists", "precondition_failed", 6],
    "sync": ["applied", "conflict", "out_of_range", "mood"],
    "share": ["step_up_required", "passcode_wrong", "application/fhir+json", "share_not_found"],
    "refused": "token_invalid",
}
"""Told alike in every language; the trends differ by the day."""


def story_of(seen: Json) -> Json:
    """The part of what was seen that is the same each time."""
    metrics, days = seen["trends"]
    assert metrics > 0
    assert days > 0
    return {name: value for name, value in seen.items() if name != "trends"}


@contextmanager
def fresh_server(
    folder: Path, more: Mapping[str, str] | None = None, engine: EngineName = "sqlite"
) -> Iterator[RunningService]:
    """A server over an empty database of its own; its mails lie in `folder`."""
    with a_database(engine, folder) as url, server_over(url, folder, more) as running:
        yield running


@contextmanager
def server_over(
    url: str, folder: Path, more: Mapping[str, str] | None = None
) -> Iterator[RunningService]:
    """The same over a database that is there and migrated."""
    (folder / "mail").mkdir()
    with served(url, folder, more) as running:
        yield running
