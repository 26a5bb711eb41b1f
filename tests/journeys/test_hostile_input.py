"""What an attacker sends gets its own 4xx, nothing is lost, and no value comes back."""

import json
from typing import Any

import pytest

from tests.service import Patient, Service, an_entry

pytestmark = pytest.mark.anyio
MARK = "zebra-crossing-4711"
DRAFT = json.dumps(an_entry(note=MARK))
BODIES: dict[str, tuple[bytes, int, str]] = {
    "NaN": (DRAFT.replace("6,", "NaN,").encode(), 422, "malformed_json"),
    "Infinity": (DRAFT.replace("6,", "Infinity,").encode(), 422, "malformed_json"),
    "a number beyond a double": (DRAFT.replace("6,", "1e400,").encode(), 422, "malformed_json"),
    "a number of 41 digits": (DRAFT.replace("6,", "6" * 41 + ",").encode(), 422, "malformed_json"),
    "a lone surrogate": (DRAFT.replace(MARK, MARK + "\\ud800").encode(), 422, "malformed_json"),
    "NUL": (DRAFT.replace(MARK, MARK + "\\u0000").encode(), 422, "malformed_json"),
    "a member twice": (DRAFT.replace("{", '{"kind": "mood",', 1).encode(), 422, "malformed_json"),
    "depth 100": (b'{"note":' * 100 + b"1" + b"}" * 100, 422, "malformed_json"),
    "depth 100,000": (b"[" * 100_000 + b"]" * 100_000, 413, "too_many_values"),
    "text behind the value": (DRAFT.encode() + b" 1", 422, "malformed_json"),
    "no text at all": (b"", 422, "malformed_json"),
    "UTF-16": (DRAFT.encode("utf-16"), 422, "malformed_json"),
    "a byte order mark": (b"\xef\xbb\xbf" + DRAFT.encode(), 422, "malformed_json"),
    "broken UTF-8": (DRAFT.encode().replace(MARK.encode(), b"\xff\xfe"), 422, "malformed_json"),
    "a list": (b"[]", 422, "invalid_request"),
    "60,000 values": (b'{"note":[' + b"1," * 60_000 + b"1]}", 413, "too_many_values"),
    "2 MiB": (DRAFT.replace(MARK, MARK + "x" * 2**21).encode(), 413, "body_too_large"),
    "an unknown member": (
        json.dumps(an_entry(**{MARK: MARK})).encode(),
        422,
        "invalid_request",
    ),
    "a value of another type": (json.dumps(an_entry(score=MARK)).encode(), 422, "invalid_request"),
}


@pytest.mark.parametrize("name", BODIES)
async def test_every_hostile_body_gets_its_own_refusal(patient: Patient, name: str) -> None:
    body, status, code = BODIES[name]
    kept = an_entry()
    await patient.save(kept)
    answer = await patient.ask(
        "POST", "/v1/entries", content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert code == "invalid_request" or MARK not in answer.text
    assert f'"{MARK}"' not in answer.text
    listed = (await patient.ask("GET", "/v1/entries")).json()["items"]
    assert [each["id"] for each in listed] == [kept["id"]]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Content-Type": "text/plain"}, 415, "unsupported_media_type"),
        ({"Content-Type": "application/merge-patch+json"}, 415, "unsupported_media_type"),
        ({"Content-Type": "application/json; charset=latin1"}, 415, "unsupported_media_type"),
        (
            {"Content-Type": "application/json", "Content-Encoding": "gzip"},
            415,
            "unsupported_media_type",
        ),
    ],
)
async def test_other_media_types_are_refused(
    patient: Patient, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await patient.ask("POST", "/v1/entries", content=DRAFT.encode(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_unforeseen_fault_tells_its_request_id_alone(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = await patient.save(an_entry(note=MARK))

    def broken(*_: Any) -> bytes:
        raise RuntimeError(MARK)

    monkeypatch.setattr("app.journal.stored.StoredEntry.json", broken)
    answer = await patient.ask("GET", f"/v1/entries/{saved['entry']['id']}")
    assert answer.status_code == 500
    assert set(answer.json()) == {"type", "title", "status", "code", "request_id"}
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"]
