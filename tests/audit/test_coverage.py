"""Every operation of the OpenAPI file: what it leaves in the chain, or why it leaves nothing."""

import pytest

from tests.access.owner import an_owner, sign_in
from tests.access.requests import operations
from tests.access.test_matrix import ask
from tests.audit.trails import events_of
from tests.service import Patient, Service, an_entry

pytestmark = pytest.mark.anyio

RECORDED = {
    "createEntry": "entry.created",
    "replaceEntry": "entry.changed",
    "updateEntry": "entry.changed",
    "deleteEntry": "entry.deleted",
    "checkIn": "entry.created",
    "pushChanges": "journal.pushed",
    "importEntries": "journal.imported",
    "updateProfile": "profile.changed",
    "updateSignal": "signal.answered",
    "revokeDevice": "device.revoked",
    "revokeOtherDevices": "device.others_revoked",
    "stepUp": "step_up",
    "finishPasskeyRegistration": "passkey.added",
    "deletePasskey": "passkey.deleted",
    "exportAccount": "account.exported",
    "getReport": "report.made",
    "createShare": "share.created",
    "getShare": "share.read_back",
    "getShareQrCode": "share.read_back",
    "getShareQrCodePng": "share.read_back",
    "revokeShare": "share.revoked",
    "revokeAllShares": "share.all_revoked",
    "deleteAccount": "account.erased",
}
"""Operations of a signed-in patient, and the one event that each leaves."""

RECORDED_OF_THE_PUBLIC = {
    "verifyEmail": "test_ways.test_a_new_account_begins_its_chain",
    "createTokens": "test_ways.test_a_sign_in_is_told_also_a_refused_one",
    "finishPasskeySignIn": "test_ways.test_a_sign_in_by_passkey_is_told_also_a_refused_one",
    "finishRecovery": "test_ways.test_a_recovery_is_told_also_a_refused_one",
    "refreshTokens": "test_ways.test_a_replayed_refresh_token_is_told_and_a_good_one_is_not",
    "openShare": "test_ways.test_what_readers_do_is_told",
    "readSharedFile": "test_ways.test_what_readers_do_is_told",
}
"""Operations without an account at first, and the test that shows what they leave."""

LEAVES_NOTHING = {
    "registerAccount": "there is no account before the address is shown to be the patient's",
    "startRecovery": "it changes nothing, and its time must not tell whether there is an account",
    "startPasskeyRegistration": "it gives a challenge and changes nothing",
    "startPasskeySignIn": "it gives a challenge and changes nothing",
    "readSharedLocation": "the opening that gave the ticket is told",
}
"""Operations that are no plain reads and leave nothing, and why."""


def test_every_operation_that_is_no_plain_read_is_accounted_for() -> None:
    reads = {each.name for each in operations() if each.method == "get"}
    accounted = [*RECORDED, *RECORDED_OF_THE_PUBLIC, *LEAVES_NOTHING]
    assert len(accounted) == len(set(accounted))
    assert {each.name for each in operations()} - reads == set(accounted) - reads
    assert RECORDED.keys() <= {each.name for each in operations() if not each.public}
    assert RECORDED_OF_THE_PUBLIC.keys() <= {each.name for each in operations() if each.public}


def test_the_tests_that_are_named_are_there() -> None:
    from tests.audit import test_ways  # noqa: PLC0415 - looked into, not used

    for name in RECORDED_OF_THE_PUBLIC.values():
        module, _, test = name.partition(".")
        assert module == "test_ways"
        assert callable(getattr(test_ways, test))


async def test_every_operation_of_a_patient_leaves_the_event_it_is_known_for_and_no_other(
    service: Service,
) -> None:
    owned = await an_owner(service)
    patient = owned.patient
    await patient.step_up()
    for operation in operations():
        if operation.public or operation.welcomes_strangers:
            continue
        places = dict(owned.places)
        if operation.name in ("revokeDevice", "revokeOtherDevices"):
            places["device_id"] = (await sign_in(service, patient))["device"]["id"]
        if operation.name == "updateSignal":  # the owner's own was superseded by a change
            places["signal_id"] = await a_signal(patient)
        before = len(await events_of(patient))
        answer = await ask(patient, operation, owned, places)
        assert answer.is_success, f"{operation.name}: {answer.text}"
        if operation.name == "deleteAccount":
            break  # test_erasure looks at the chain that stays
        events = await events_of(patient)
        left = [each["action"] for each in events[before:]]
        wanted = RECORDED.get(operation.name)
        assert left == ([wanted] if wanted else []), operation.name
        for each in events[before:]:
            assert each["actor"] == {
                "kind": "device",
                "id": patient.tokens["device"]["id"],
                "this_device": True,
            }
            assert each["request_id"] == answer.headers["X-Request-Id"]


async def a_signal(patient: Patient) -> str:
    """The id of a signal that waits for an answer."""
    saved = await patient.save(an_entry(score=0, help_wanted=True))
    return str(saved["signals"][0]["id"])
