"""The Patient and the two documents that lead the Bundle."""

from base64 import b64encode
from datetime import datetime

from app.sharing.fhir.codes import SUMMARY_DOCUMENT, Json, loinc, own
from app.sharing.fhir.frame import PATIENT, Frame, plain_text

TREND_TYPE = "application/vnd.afterglow.trends+json"
TREND_DOCUMENT, REPORT = "trend-document", "report"


def patient(frame: Frame, subject_name: str | None) -> Json:
    """The person under the name the patient chose for this reader, and nothing else."""
    name = plain_text(subject_name)
    named = {"name": [{"text": name}]} if name else {}
    return {"fullUrl": frame.url(PATIENT), "resource": {"resourceType": "Patient", **named}}


def trend_document(frame: Frame, content: bytes, generated_at: datetime) -> Json:
    """The computed trends, from which the viewer draws."""
    attachment = {"contentType": TREND_TYPE, "data": _base64(content), "title": "Trend summary"}
    return _document(frame, TREND_DOCUMENT, own("trend-summary"), attachment, generated_at)


def report(frame: Frame, content: bytes, generated_at: datetime) -> Json:
    """The report as a page to print."""
    attachment = {"contentType": "application/pdf", "data": _base64(content), "title": "Report"}
    code = loinc(SUMMARY_DOCUMENT, "Report of the journal")
    return _document(frame, REPORT, code, attachment, generated_at)


def _document(
    frame: Frame, name: str, code: Json, attachment: Json, generated_at: datetime
) -> Json:
    members = {
        "status": "current",
        "type": code,
        "date": generated_at.isoformat(),
        "author": [frame.patient],
        "content": [{"attachment": attachment}],
    }
    return frame.resource("DocumentReference", (name, ""), members)


def _base64(content: bytes) -> str:
    return b64encode(content).decode("ascii")
