"""Our own complete export: entries come back as they were; everything else is left aside."""

from io import StringIO
from typing import Any

from app.faults import Fault
from app.journal.kinds import KINDS, client_members, current
from app.portability.importers.rows import FileText, ReadFile, RowRefused, check_rows, unreadable
from app.portability.ndjson import FORMAT, VERSION
from app.web.json_reading import read_json
from app.web.problems import MalformedJson

ASIDE = frozenset(
    (
        *("account", "profile", "device", "passkey", "superseded", "deleted", "signal", "share"),
        *("unreadable", "import", "audit_event", "end"),
    )
)
"""Lines of the export that are no entries."""


def read_own(file: FileText) -> ReadFile:
    """Every line of type `entry`, under its own id.

    Raises InvalidRequest for a newer export, or more lines than one request may bring.
    """
    found = ReadFile()
    lines = StringIO(file.content.removeprefix("\ufeff"), newline="\n")
    for number, line in enumerate(lines, start=1):
        check_rows(number)
        if not line.strip():
            continue
        found.rows += 1
        try:
            _add(found, number, _object(line))
        except RowRefused as refusal:
            found.refused.append((number, refusal.fault))
    found.entries.sort(key=lambda row: row.data.get("kind") != "session")
    return found


def _add(found: ReadFile, number: int, line: dict[str, Any]) -> None:
    kind = line.get("type")
    if kind == "manifest":
        _check_manifest(line)
    if kind == "manifest" or (isinstance(kind, str) and kind in ASIDE):
        found.skipped += 1
        return
    entry, version = line.get("entry"), line.get("content_version")
    if kind != "entry" or not isinstance(entry, dict) or type(version) is not int:
        raise RowRefused(Fault("malformed_row", "This is no line of an export.", ""))
    name = entry.get("kind")
    if not isinstance(name, str) or name not in KINDS:
        raise RowRefused(Fault("unknown_kind", "There is no entry of this kind.", "/kind"))
    if not 1 <= version <= KINDS[name].content_version:
        raise RowRefused(Fault("unknown_format", "A newer release wrote this line.", ""))
    members = client_members(current(entry, version))
    found.add(number, {"id": entry.get("id"), **members})


def _check_manifest(line: dict[str, Any]) -> None:
    if line.get("format") != FORMAT or line.get("version") != VERSION:
        message = "This is no export that this release reads."
        raise unreadable(Fault("unknown_format", message, "/content"))


def _object(line: str) -> dict[str, Any]:
    try:
        value = read_json(line.encode())
    except MalformedJson:
        value = None
    if not isinstance(value, dict):
        raise RowRefused(Fault("malformed_row", "This line is no JSON object.", ""))
    return value
