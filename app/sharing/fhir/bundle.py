"""The FHIR R4 Bundle of a journal or of the part of it that a share shows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import itemgetter
from uuid import UUID

from app.sharing.fhir.assessments import assessment
from app.sharing.fhir.codes import Json
from app.sharing.fhir.dissociation import dissociation
from app.sharing.fhir.documents import patient, report, trend_document
from app.sharing.fhir.frame import Entry, Frame
from app.sharing.fhir.sessions import session
from app.sharing.fhir.signals import Signal, signal
from app.sharing.fhir.symptoms import anxiety, flashback, mood

RESOURCES: dict[str, Callable[[Frame, Entry], list[Json]]] = {
    "mood": mood,
    "anxiety": anxiety,
    "flashback": flashback,
    "dissociation": dissociation,
    "session": session,
    "assessment": assessment,
}

Timed = tuple[datetime, str, Callable[[], list[Json]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleContent:
    """What goes into a Bundle, already cut down to the scope: every member given is shown.

    `namespace` is the id of the share (or of the account, for an export) and makes the ids that
    readers see. `entries` are read entries as JSON. `generated_at` is aware.
    """

    namespace: UUID
    generated_at: datetime
    entries: Sequence[Entry]
    signals: Sequence[Signal] = ()
    subject_name: str | None = None
    trend_document: bytes | None = None
    report_pdf: bytes | None = None
    snomed: bool = True


def build_bundle(content: BundleContent) -> Json:
    """A Bundle of type collection, ready for JSON."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": content.generated_at.isoformat(),
        "entry": list(bundle_entries(content)),
    }


def bundle_entries(content: BundleContent) -> Iterator[Json]:
    """The Bundle's entries one by one: Patient, documents, then everything by time."""
    frame = Frame(content.namespace, _sessions(content.entries), content.snomed)
    yield patient(frame, content.subject_name)
    if content.trend_document is not None:
        yield trend_document(frame, content.trend_document, content.generated_at)
    if content.report_pdf is not None:
        yield report(frame, content.report_pdf, content.generated_at)
    for _, _, resources in sorted(_timed(frame, content), key=itemgetter(0, 1)):
        yield from resources()


def _timed(frame: Frame, content: BundleContent) -> Iterator[Timed]:
    """What stands in the order of time, made only when its turn comes."""
    entries = {entry["id"]: entry for entry in content.entries}
    for entry in content.entries:
        resources = partial(RESOURCES[entry["kind"]], frame, entry)
        yield datetime.fromisoformat(entry["occurred_at"]), entry["id"], resources
    for kept in content.signals:
        resources = partial(signal, frame, kept, entries)
        raised_by = entries.get(kept["entry_id"])
        when = raised_by["occurred_at"] if raised_by else kept["created_at"]
        yield datetime.fromisoformat(when), kept["id"], resources


def _sessions(entries: Sequence[Entry]) -> dict[str, datetime]:
    return {
        entry["id"]: datetime.fromisoformat(entry["occurred_at"])
        for entry in entries
        if entry["kind"] == "session"
    }
