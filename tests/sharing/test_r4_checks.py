"""Each check of the Bundle catches the resource that is wrong in its way."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from app.sharing.fhir.codes import LOINC, OWN_SYSTEM
from tests.sharing.bundles import Json, named, whole_bundle
from tests.sharing.r4 import CHECKS, resources

Damage = Callable[[Json], Any]


def _mood(bundle: Json) -> Json:
    return named(bundle, OWN_SYSTEM, "mood")[0]


def _recode(bundle: Json, total: str, code: str) -> None:
    named(bundle, LOINC, total)[0]["code"]["coding"][0]["code"] = code


def _repeat(bundle: Json) -> None:
    bundle["entry"].append(bundle["entry"][-1])


def _lose_value(bundle: Json) -> None:
    del named(bundle, LOINC, "44261-6")[0]["valueQuantity"]


WRONG: dict[str, tuple[str, Damage]] = {
    "a member that R4 does not know": ("structure", lambda b: _mood(b).update(mood=5)),
    "two values": ("structure", lambda b: _mood(b).update(valueInteger=5)),
    "no code": ("structure", lambda b: _mood(b).pop("code")),
    "a null": ("emptiness", lambda b: _mood(b).update(method=None)),
    "an empty array": ("emptiness", lambda b: _mood(b).update(note=[])),
    "a total in the Bundle": ("kind_of_bundle", lambda b: b.update(total=3)),
    "no leading Patient": ("kind_of_bundle", lambda b: b["entry"].reverse()),
    "a claimed profile": ("kind_of_bundle", lambda b: _mood(b)["meta"].update(profile=["x"])),
    "one address twice": ("addresses", _repeat),
    "another identifier": (
        "addresses",
        lambda b: _mood(b)["identifier"][0].update(value="urn:uuid:0"),
    ),
    "a reference that leaves": (
        "references",
        lambda b: _mood(b)["partOf"][0].update(reference="Procedure/1"),
    ),
    "a reference to another type": (
        "references",
        lambda b: _mood(b).update(partOf=[_mood(b)["subject"]]),
    ),
    "no mark": ("marks", lambda b: _mood(b)["meta"].pop("security")),
    "no performer": ("marks", lambda b: _mood(b).pop("performer")),
    "a LOINC code nobody looked up": ("codes", lambda b: _recode(b, "44261-6", "1234-5")),
    "a link id nobody looked up": (
        "codes",
        lambda b: resources(b, "QuestionnaireResponse")[0]["item"][0].update(linkId="1234-5"),
    ),
    "an own code outside the table": (
        "codes",
        lambda b: _mood(b)["code"]["coding"][0].update(code="moody"),
    ),
    "a unit nobody looked up": ("codes", lambda b: _mood(b)["valueQuantity"].update(code="mol")),
    "a code without text": ("texts", lambda b: _mood(b)["code"].pop("text")),
    "a panel code on a total": ("trap", lambda b: _recode(b, "44261-6", "44249-1")),
    "a total code on a panel": ("trap", lambda b: _recode(b, "44249-1", "44261-6")),
    "a total code without total": ("trap", _lose_value),
    "a scale without range": ("scales", lambda b: _mood(b).pop("referenceRange")),
    "a time without offset": (
        "moments",
        lambda b: _mood(b).update(effectiveDateTime="2026-03-12T21:00:00"),
    ),
    "a status R4 does not know": ("statuses", lambda b: _mood(b).update(status="done")),
    "a dose with no known status": (
        "statuses",
        lambda b: resources(b, "MedicationStatement")[0].update(status="taken"),
    ),
    "a unit without its system": ("invariants", lambda b: _mood(b)["valueQuantity"].pop("system")),
    "a component like its Observation": (
        "repeated_codes",
        lambda b: _mood(b)["component"][0].update(code=deepcopy(_mood(b)["code"])),
    ),
}


@pytest.mark.parametrize(("check", "damage"), WRONG.values(), ids=WRONG)
def test_check_catches_what_is_wrong(check: str, damage: Damage) -> None:
    bundle = json.loads(json.dumps(whole_bundle()))
    assert list(CHECKS[check](bundle)) == []
    damage(bundle)
    assert list(CHECKS[check](bundle)) != []


def test_every_check_has_something_it_catches() -> None:
    assert {check for check, _ in WRONG.values()} == CHECKS.keys()
