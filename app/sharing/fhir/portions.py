"""A Bundle that is written portion by portion, for journals that need not fit in memory."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from app.sharing.fhir.bundle import RESOURCES
from app.sharing.fhir.codes import Json
from app.sharing.fhir.documents import patient
from app.sharing.fhir.frame import Entry, Frame
from app.sharing.fhir.signals import Signal, signal

LACKING = "Something that is kept does not open, so that it is not in this Bundle:"


class BundlePortions:
    """The same resources as `build_bundle` makes; entries come in the order they are given."""

    def __init__(self, namespace: UUID, sessions: Mapping[str, datetime]) -> None:
        """`sessions`: when each session of the whole Bundle began, by its id."""
        self._frame = Frame(namespace, sessions, snomed=True)

    def patient(self) -> Json:
        """The Patient, who comes first."""
        return patient(self._frame, None)

    def entries(self, entries: Iterable[Entry]) -> Iterator[Json]:
        """The resources of some read entries."""
        for entry in entries:
            yield from RESOURCES[entry["kind"]](self._frame, entry)

    def signals(self, signals: Iterable[Signal], raised_by: Iterable[Entry]) -> Iterator[Json]:
        """The resources of some signals; `raised_by` holds the entries that they are about."""
        entries = {entry["id"]: entry for entry in raised_by}
        for each in signals:
            yield from signal(self._frame, each, entries)

    def unreadable(self, closed: Iterable[Json]) -> Iterator[Json]:
        """The resource that names records which do not open; none where there are none."""
        named = dict.fromkeys(f"{each['record']} {each['id']}" for each in closed)
        issues = [
            {"severity": "error", "code": "incomplete", "diagnostics": f"{LACKING} {each}"}
            for each in named
        ]
        if issues:
            outcome = {"resourceType": "OperationOutcome", "issue": issues}
            yield {"fullUrl": self._frame.url("unreadable"), "resource": outcome}
