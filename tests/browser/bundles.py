"""FHIR Bundles of a diary, and their encryption for a link."""

import base64
import json
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any  # FHIR resources are free JSON here, as they are for the page
from uuid import NAMESPACE_OID, uuid5

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.browser.diary import OFFSET, Diary, Session
from tests.browser.trend_answers import trends_of

Json = dict[str, Any]
OWN = "https://afterglow.example/fhir/CodeSystem/journal"
GENERATED = datetime(2026, 5, 31, 22, 15, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def a_bundle(
    diary: Diary,
    *,
    name: str | None = "Robin Sample",
    with_trends: bool = True,
    with_report: bool = True,
    mode: str = "snapshot",
) -> Json:
    """The Bundle of a whole diary; the trend summary and the report can be left out."""
    patient: Json = {"resourceType": "Patient"}
    if name:
        patient["name"] = [{"text": name}]
    resources = [patient]
    if with_trends:
        text = json.dumps(trends_of(diary, GENERATED, mode=mode)).encode()
        resources.append(_document("application/vnd.afterglow.trends+json", text))
    if with_report:
        resources.append(_document("application/pdf", PDF))
    resources += _daily(diary) + [one for it in diary.sessions for one in _session(it)]
    resources += [_score(one.instrument, one.day, one.total) for one in diary.assessments]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": GENERATED.isoformat(),
        "entry": [
            {"fullUrl": f"urn:uuid:{uuid5(NAMESPACE_OID, str(index))}", "resource": resource}
            for index, resource in enumerate(resources)
        ],
    }


def edit_trends(bundle: Json, edit: Callable[[Json], None]) -> None:
    """Let `edit` change the trend summary of a Bundle in place."""
    for entry in bundle["entry"]:
        for content in entry["resource"].get("content", []):
            held = content["attachment"]
            if "trends" in held["contentType"]:
                trends = json.loads(base64.b64decode(held["data"]))
                edit(trends)
                held["data"] = base64.b64encode(json.dumps(trends).encode()).decode()


def _document(content_type: str, content: bytes) -> Json:
    attachment = {"contentType": content_type, "data": base64.b64encode(content).decode()}
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "content": [{"attachment": attachment}],
    }


def _own(code: str, text: str) -> Json:
    return {"coding": [{"system": OWN, "code": code}], "text": text}


def _observation(code: str, text: str, day: date, **value: Any) -> Json:  # any value[x] of FHIR
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": _own(code, text),
        "effectiveDateTime": f"{day}T20:15:00{OFFSET}",
        **value,
    }


def _points(value: float) -> Json:
    return {"value": value, "unit": "{score}", "system": "http://unitsofmeasure.org"}


def _daily(diary: Diary) -> list[Json]:
    found = []
    for day, mood in diary.mood.items():
        text = "Mood (0–10, higher is better)"
        one = _observation("mood", text, day, valueQuantity=_points(mood))
        if day in diary.notes:
            one["note"] = [{"text": diary.notes[day]}]
        found.append(one)
    for day, anxiety in diary.anxiety.items():
        text = "Anxiety (0–10, lower is better)"
        found.append(_observation("anxiety", text, day, valueQuantity=_points(anxiety)))
    for day, count in diary.flashbacks.items():
        found.append(_observation("flashback-count", "Flashbacks", day, valueInteger=count))
    return found


def _session(session: Session) -> list[Json]:
    start = f"{session.day}T10:05:00{OFFSET}"
    return [
        {
            "resourceType": "Procedure",
            "status": "completed",
            "code": _own("ketamine-session", "Ketamine session"),
            "performedDateTime": start,
        },
        {
            "resourceType": "MedicationStatement",
            "status": "completed",
            "medicationCodeableConcept": {"text": "Ketamine (racemic)"},
            "effectiveDateTime": start,
            "dosage": [
                {
                    "route": {"text": "intravenous infusion"},
                    "doseAndRate": [{"doseQuantity": {"value": session.dose_mg, "unit": "mg"}}],
                }
            ],
        },
        *(_dissociation(session, minutes, points) for minutes, points in session.course),
    ]


def _dissociation(session: Session, minutes: int, points: float) -> Json:
    since = {"value": minutes, "unit": "min"}
    part = {"code": _own("minutes-since-dose", "minutes since dose"), "valueQuantity": since}
    text = "Dissociation (0–10, lower is better)"
    value = {"valueQuantity": _points(points), "component": [part]}
    return _observation("dissociation", text, session.day, **value)


def _score(instrument: str, day: date, total: int) -> Json:
    text = f"{instrument.upper()} total"
    return _observation(instrument, text, day, valueQuantity=_points(total))


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def encrypt(content: bytes, key: bytes) -> str:
    """A compact JWE, direct key, AES-256-GCM, a fresh IV each time."""
    fields = {"alg": "dir", "enc": "A256GCM", "cty": "application/fhir+json"}
    header = _base64url(json.dumps(fields, separators=(",", ":")).encode())
    iv = secrets.token_bytes(12)
    sealed = AESGCM(key).encrypt(iv, content, header.encode())
    body, tag = sealed[:-16], sealed[-16:]
    return ".".join([header, "", _base64url(iv), _base64url(body), _base64url(tag)])


def link_payload(url: str, key: bytes, *, flag: str, expires: int, label: str) -> str:
    """The part of a link after `shlink:/`."""
    fields = {
        "url": url,
        "flag": flag,
        "key": _base64url(key),
        "exp": expires,
        "label": label,
        "v": 1,
    }
    return _base64url(json.dumps(fields, separators=(",", ":")).encode())
