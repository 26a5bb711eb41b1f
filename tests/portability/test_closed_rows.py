"""An export where exactly one thing does not open: named by record, and complete otherwise."""

import json
from collections import Counter
from typing import Any

import pytest

from app.accounts.store_accounts import ACCOUNT, PROFILE
from app.accounts.store_devices import DEVICE
from app.accounts.store_passkeys import PASSKEY
from app.safety.store import SIGNAL
from app.sharing.store import SHARE
from app.sharing.store_accesses import ACCESS
from tests.authenticator import add_passkey
from tests.journal.broken_rows import spoil_column
from tests.portability.exports import exported, exported_lines, of_type, tables_of
from tests.safety.test_saves import phq9
from tests.service import Patient, Service, an_entry
from tests.sharing.links import a_draft, account_of, opened, share
from tests.sharing.r4 import resources, structure

pytestmark = pytest.mark.anyio
# What an answer holds is for the test to say.
Json = dict[str, Any]
WITH_EACH_EXPORT = ("manifest", "audit_event", "end", "unreadable")


async def one_of_each(service: Service, patient: Patient) -> None:
    """Everything that is sealed of a patient, once."""
    await add_passkey(patient)
    await patient.save(phq9(2))
    await opened(service, await share(patient, a_draft()))


def steady(lines: list[Json]) -> list[Json]:
    """The lines that an export does not change by itself."""
    return [each for each in lines if each["type"] not in WITH_EACH_EXPORT]


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (SIGNAL.c.sealed, "signal"),
        (PROFILE.c.sealed, "profile"),
        (DEVICE.c.sealed_about, "device"),
        (PASSKEY.c.sealed_name, "passkey"),
        (ACCOUNT.c.sealed_email, "account"),
        (SHARE.c.sealed_about, "share"),
    ],
    ids=str,
)
async def test_the_lines_name_it_and_hold_the_rest(
    service: Service, patient: Patient, column: Any, kind: str
) -> None:
    await one_of_each(service, patient)
    before = steady(await exported_lines(patient))
    (whole,) = of_type(before, kind)
    await spoil_column(service, patient, column)
    lines = await exported_lines(patient)
    after = steady(lines)
    assert [each for each in after if each["type"] != kind] == [
        each for each in before if each["type"] != kind
    ]
    (named,) = of_type(lines, "unreadable")
    assert named["record"] == kind
    left = of_type(after, kind)
    if kind == "account":
        assert left == [{name: value for name, value in whole.items() if name != "email"}]
    elif kind == "share":
        assert left == [whole | {"share": {"id": whole["share"]["id"]}}]
    else:
        assert left == []
    ids = {"profile": str(await account_of(service, patient))}
    told_of = whole.get("signal") or whole.get("share") or whole
    assert named["id"] == ids.get(kind, told_of.get("id"))
    counts = Counter(each["type"] for each in lines[:-1])
    assert lines[-1]["counts"] == counts


async def test_a_name_in_the_log_of_a_link_is_left_out_openly(
    service: Service, patient: Patient
) -> None:
    await one_of_each(service, patient)
    ((before,),) = [each["accesses"] for each in of_type(await exported_lines(patient), "share")]
    await spoil_column(service, patient, ACCESS.c.sealed_recipient)
    ((after,),) = [each["accesses"] for each in of_type(await exported_lines(patient), "share")]
    assert before.pop("recipient") == "Dr Lee"
    assert after == before | {"recipient_unreadable": True}


async def test_tables_and_a_bundle_name_a_signal_that_does_not_open(
    service: Service, patient: Patient
) -> None:
    drafts = (phq9(2), an_entry(help_wanted=True))
    (closed,), (sound,) = [(await patient.save(each))["signals"] for each in drafts]
    await spoil_column(service, patient, SIGNAL.c.sealed, closed["id"])
    tables = tables_of(await exported(patient, "csv"))
    assert [each["id"] for each in tables["signals"]] == [sound["id"]]
    assert tables["unreadable"] == [{"record": "signal", "id": closed["id"], "revision": "1"}]
    assert len(tables["assessment"]) == len(tables["mood"]) == 1
    bundle = json.loads(await exported(patient, "fhir"))
    assert list(structure(bundle)) == []
    (outcome,) = resources(bundle, "OperationOutcome")
    (issue,) = outcome["issue"]
    assert issue["diagnostics"].endswith(f"signal {closed['id']}")
