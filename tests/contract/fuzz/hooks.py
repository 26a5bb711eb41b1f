"""What schemathesis is told of us: who is signed in, which version a change rests on, and a check.

Loaded by schemathesis in a process of its own; FUZZED_URL and FUZZED_FOLDER name the server.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import schemathesis
from schemathesis import AuthContext, Case, CheckContext, GenerationMode, HookContext, Response
from schemathesis.core.parameters import ParameterLocation

from tests.process import sign_up_at
from tests.service import PASSWORD

# What a request and an answer hold is for the check to say.
Json = Any
AnyCase = Case[Any]

EXPRESSIBLE = frozenset(
    {
        "missing",
        "unknown_member",
        "wrong_type",
        "too_short",
        "too_long",
        "too_few",
        "too_many",
        "out_of_range",
        "off_step",
        "unknown_value",
        "unknown_kind",
        "bad_uuid",
        "bad_date",
        "bad_instant",
    }
)
"""Codes of faults that a schema can rule out, so that no client need ever meet them."""

BEYOND_THE_SCHEMA = {
    ("help_wanted", "unknown_value"): "true or absent: generators make text of a pinned boolean",
    ("duration_minutes", "off_step"): "no binary fraction is a multiple of 0.1",
    ("dose_mg", "off_step"): "nor of 0.01",
    ("mg", "off_step"): "nor of 0.01",
    ("weight_kg", "off_step"): "nor of 0.1",
    ("recipient", "unknown_value"): "letters as people see them are no pattern",
    ("email", "unknown_value"): "`=?` begins what mail would decode, and no pattern looks ahead",
    ("count", "missing"): "some reports of flashbacks need it, others refuse it",
    ("distress", "missing"): "some reports of flashbacks need it, others refuse it",
    ("answers", "missing"): "some questionnaires take answers, others a total",
    ("total", "missing"): "some questionnaires take answers, others a total",
    ("item", "out_of_range"): "each questionnaire has its own number of items",
    ("value", "out_of_range"): "each questionnaire has its own scale",
    ("recipient", "missing"): "direct links need it, links with a passcode refuse the request",
    ("name", "missing"): "a clinic's contact may be patched member by member once it is there",
    ("from", "missing"): "a snapshot needs both days, a rolling window none",
    ("to", "missing"): "a snapshot needs both days, a rolling window none",
    ("from", "out_of_range"): "bounds of days are no part of JSON Schema",
    ("to", "out_of_range"): "bounds of days are no part of JSON Schema",
    ("compare_on", "out_of_range"): "bounds of days are no part of JSON Schema",
}
"""Faults of a member that a schema could not tell, or had better not, and why."""

LONGEST_QUERY = 6 * 1024
"""In characters. Path and query may have 8 KiB, and generators write some shorter than this."""

CLEARED = ("clinic_contact", "crisis_plan")
"""Members of the profile that null takes away."""


class Device:
    """One signed-in device that comes back when what is tried signs it out."""

    def __init__(self, url: str, folder: Path) -> None:
        """Nobody is signed in before the first request."""
        self.http = httpx.Client(base_url=url, timeout=30)
        self.folder = folder
        self.token = ""

    @property
    def headers(self) -> dict[str, str]:
        """Those of a request."""
        return {"Authorization": f"Bearer {self.token}"}

    def sign_in(self) -> None:
        """A new account with a fresh proof of identity, so that nothing is out of reach."""
        self.token = sign_up_at(self.http, self.folder)
        proof = {"method": "password", "password": PASSWORD}
        answer = self.http.post("/v1/step-up", json=proof, headers=self.headers)
        assert answer.status_code == 200, answer.text

    def newest_tag(self, path: str) -> str | None:
        """The version of what lies there."""
        tag: str | None = self.http.get(path, headers=self.headers).headers.get("ETag")
        return tag


DEVICE = Device(os.environ["FUZZED_URL"], Path(os.environ["FUZZED_FOLDER"]))


@schemathesis.auth(refresh_interval=None)
class SignedIn:
    """The bearer token of the device."""

    def get(self, _case: AnyCase, _context: AuthContext) -> str:
        """Signs up where nobody is signed in."""
        if not DEVICE.token:
            DEVICE.sign_in()
        return DEVICE.token

    def set(self, case: AnyCase, data: str, _context: AuthContext) -> None:
        """Sign the request."""
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def filter_case(_context: HookContext, case: AnyCase) -> bool:
    """Leave out what the connection refuses: it reaches no operation, and no operation tells it."""
    return len(urlencode(case.query or {}, doseq=True)) <= LONGEST_QUERY


@schemathesis.hook
def before_call(_context: HookContext, case: AnyCase, _kwargs: dict[str, Json]) -> None:
    """A change rests on the newest version, unless its headers are what is wrong with it."""
    if "If-Match" in case.headers and keeps_rules(case, ParameterLocation.HEADER):
        tag = DEVICE.newest_tag(case.formatted_path)
        if tag is not None:
            case.headers["If-Match"] = tag


@schemathesis.hook
def after_call(_context: HookContext, case: AnyCase, response: Response) -> None:
    """Whoever was signed out by a request signs in again before the next."""
    signed = response.request.headers.get("Authorization") == DEVICE.headers["Authorization"]
    if response.status_code == 401 and signed and response.json()["code"] == "token_invalid":
        DEVICE.token = ""


@schemathesis.check
def a_good_request_is_refused_for_no_shape(
    _ctx: CheckContext, response: Response, case: AnyCase
) -> None:
    """What the file allows is refused for rules beyond it alone, never for type, length or range.

    Strict readings of the same value are no fault.
    """
    if response.status_code != 422 or not is_good(case):
        return
    faults = response.json().get("errors", [])
    if any(fault["code"] == "kind_fixed" for fault in faults):
        return  # a patch of another kind than the entry's, judged as one of the entry's
    for fault in faults:
        place = fault.get("pointer") or fault.get("parameter", "")
        known = (place.rpartition("/")[2], fault["code"]) in BEYOND_THE_SCHEMA
        known = known or (fault["code"] == "unknown_member" and not is_outermost(place))
        known = known or is_read_strictly(value_at(case.body, place))
        if fault["code"] in EXPRESSIBLE and not known:
            raise AssertionError(f"{fault['code']} at {place}, which the file allows")


@schemathesis.check
def a_bad_patch_of_the_profile_is_refused(
    _ctx: CheckContext, response: Response, case: AnyCase
) -> None:
    """As everywhere, but null clears a member, which the file cannot say of a reference."""
    taken = response.status_code < 300
    if case.operation.label == "PATCH /v1/profile" and taken and not is_good(case):
        cleared = isinstance(case.body, dict) and None in map(case.body.get, CLEARED)
        assert cleared, "a patch that breaks a rule was taken"


@schemathesis.check
def a_bad_patch_of_an_entry_is_refused(
    _ctx: CheckContext, response: Response, case: AnyCase
) -> None:
    """As everywhere; but one without `kind`, by which the file tells patches apart, is no other."""
    taken = response.status_code < 300
    if case.operation.label == "PATCH /v1/entries/{entry_id}" and taken and not is_good(case):
        kindless = isinstance(case.body, dict) and "kind" not in case.body
        assert kindless, "a patch that breaks a rule was taken"


@schemathesis.check
def a_bad_push_is_told_so(_ctx: CheckContext, response: Response, case: AnyCase) -> None:
    """Items are judged one by one: where a push breaks the file, at least one was not applied.

    A deletion is one whatever it carries beside its id: it wins over everything.
    """
    pushed = case.operation.label == "POST /v1/sync/changes" and response.status_code == 200
    if pushed and not is_good(case):
        results = response.json()["results"]
        told = {each["status"] for each in results if not each.get("deleted")}
        assert told != {"applied"}, "a push that breaks a rule was applied as a whole"


def is_good(case: AnyCase) -> bool:
    """Whether the request keeps every rule of the file."""
    return case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE


def keeps_rules(case: AnyCase, part: ParameterLocation) -> bool:
    """Whether one part of the request keeps every rule of the file."""
    told = case.meta.components.get(part) if case.meta else None
    return told is None or told.mode is GenerationMode.POSITIVE


def is_outermost(pointer: str) -> bool:
    """Whether a member is one of the body itself.

    Parts within it stand in answers too, which may grow: there the file leaves objects open.
    """
    return pointer.count("/") == 1


def is_read_strictly(value: Json) -> bool:
    """Whether a value is one to JSON Schema and not to us: 3.0 as an integer, an unknown offset."""
    if isinstance(value, str):
        return value.endswith("-00:00")
    return isinstance(value, float) and value.is_integer()


def value_at(body: Json, pointer: str) -> Json:
    """The part of a body; None where there is none."""
    for step in pointer.split("/")[1:]:
        if isinstance(body, list) and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        elif isinstance(body, dict):
            body = body.get(step)
        else:
            return None
    return body
