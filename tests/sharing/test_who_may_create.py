"""Who may make a link: a device with a fresh proof, of an account not recovered just now."""

from datetime import timedelta

import pytest

from app.accounts.store_recovery import mark_recovered
from app.sharing.schemas import ShareDraft
from app.sharing.sealed import Secrets
from tests.clocks import SetClock
from tests.service import Patient, Service
from tests.sharing.links import (
    a_draft,
    account_of,
    create,
    room,
    share,
)

pytestmark = pytest.mark.anyio


async def test_a_fresh_proof_is_needed(patient: Patient, clock: SetClock) -> None:
    draft = a_draft()
    refused = await create(patient, draft)
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
    await patient.step_up()
    clock.now += timedelta(minutes=5)
    assert (await create(patient, draft)).status_code == 403
    await patient.step_up()
    assert (await create(patient, draft)).status_code == 201


async def test_the_same_again_needs_a_fresh_proof_as_well(
    patient: Patient, clock: SetClock
) -> None:
    draft = a_draft()
    await share(patient, draft)
    clock.now += timedelta(minutes=5)
    refused = await create(patient, draft)
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")


async def test_a_device_that_is_signed_out_while_its_link_is_made_makes_none(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet = await patient.sign_in_again()
    judge = room(service).equipment.judge
    made = judge.secrets_for

    async def signed_out_first(draft: ShareDraft) -> Secrets:
        await tablet.step_up()
        gone = await tablet.ask("DELETE", f"/v1/devices/{patient.tokens['device']['id']}")
        assert gone.status_code == 204
        return await made(draft)

    monkeypatch.setattr(judge, "secrets_for", signed_out_first)
    await patient.step_up()
    assert (await create(patient, a_draft())).status_code == 403
    assert (await tablet.ask("GET", "/v1/shares")).json() == {"items": []}


@pytest.mark.parametrize("meanwhile", [False, True])
async def test_an_account_that_was_recovered_makes_no_link_not_even_one_it_had_begun(
    service: Service, patient: Patient, monkeypatch: pytest.MonkeyPatch, *, meanwhile: bool
) -> None:
    account, house = await account_of(service, patient), room(service).equipment
    made = house.judge.secrets_for

    async def recover() -> None:
        await house.database.write(
            account, lambda work: mark_recovered(work, account, service.clock())
        )

    async def recovered_first(draft: ShareDraft) -> Secrets:
        assert meanwhile, "nothing is hashed for a link that is refused"
        await recover()
        return await made(draft)

    if not meanwhile:
        await recover()
    monkeypatch.setattr(house.judge, "secrets_for", recovered_first)
    await patient.step_up()
    refused = await create(patient, a_draft())
    assert (refused.status_code, refused.json()["code"]) == (403, "recovery_hold")
    assert (await patient.ask("GET", "/v1/shares")).json() == {"items": []}
