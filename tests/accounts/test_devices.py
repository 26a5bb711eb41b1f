"""The list of devices, and signing them out."""

from uuid import uuid4

import pytest

from app.accounts.refusals import RefreshRefused
from app.accounts.store_devices import load_devices
from app.audit import Actor
from app.vault import Place
from app.web.identity import SignedIn
from app.web.problems import NotFound
from tests.accounts.house import PHONE, House, an_address
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
ACTOR = Actor("device", "here", "request")


async def test_devices_are_listed_with_their_names_the_oldest_first(
    house: House, clock: SetClock
) -> None:
    address = an_address()
    first = (await house.sign_up(address)).start
    clock.advance(days=1)
    second = await house.sign_in(address)
    clock.advance(days=2)
    await house.refresh(first.pair.refresh_token)
    known = await house.accounts.devices.of_account(first.device.account_id)
    assert [each.device.id for each in known] == [first.device.id, second.device.id]
    assert [each.about for each in known] == [PHONE, PHONE]
    assert [str(each.last_seen) for each in known] == ["2026-06-04", "2026-06-02"]


async def test_name_platform_and_secret_lie_sealed(house: House) -> None:
    start = (await house.sign_up()).start
    account_id = start.device.account_id
    (row,) = await house.database.read(account_id, lambda work: load_devices(work, account_id))
    assert b"Phone" not in row.sealed_about
    assert b"Android" not in row.sealed_about
    assert len(row.sealed_secret) > 128


async def test_a_revoked_device_can_neither_refresh_nor_be_revoked_again(house: House) -> None:
    address = an_address()
    first = (await house.sign_up(address)).start
    second = await house.sign_in(address)
    caller = await house.caller(second.pair.access_token)
    await house.accounts.devices.revoke(caller, first.device.id, ACTOR)
    with pytest.raises(RefreshRefused):
        await house.refresh(first.pair.refresh_token)
    with pytest.raises(NotFound):
        await house.accounts.devices.revoke(caller, first.device.id, ACTOR)
    assert (await house.events(caller.account_id))[-1] == (
        "device.revoked",
        str(first.device.id),
        "done",
    )


async def test_a_foreign_device_is_like_one_that_does_not_exist(house: House) -> None:
    mine, foreign = (await house.sign_up()).start, (await house.sign_up()).start
    caller = await house.caller(mine.pair.access_token)
    for device_id in (foreign.device.id, uuid4()):
        with pytest.raises(NotFound):
            await house.accounts.devices.revoke(caller, device_id, ACTOR)
    assert await house.caller(foreign.pair.access_token)


async def test_revoking_others_spares_oneself_and_other_accounts(house: House) -> None:
    address = an_address()
    first = (await house.sign_up(address)).start
    others = [await house.sign_in(address) for _ in range(3)]
    stranger = (await house.sign_up()).start
    caller = SignedIn(first.device.account_id, first.device.id)
    for _ in range(2):
        await house.accounts.devices.revoke_others(caller, ACTOR)
    known = await house.accounts.devices.of_account(caller.account_id)
    assert [each.device.id for each in known] == [first.device.id]
    for other in others:
        with pytest.raises(RefreshRefused):
            await house.refresh(other.pair.refresh_token)
    assert await house.caller(first.pair.access_token)
    assert await house.caller(stranger.pair.access_token)
    actions = [action for action, _, _ in await house.events(caller.account_id)]
    assert actions.count("device.others_revoked") == 1


async def test_what_is_sealed_of_a_device_opens_at_its_place_for_it_outlives_every_release(
    house: House,
) -> None:
    device = (await house.sign_up()).start.device
    keys = await house.database.read(
        device.account_id, lambda work: house.vault.patient(work, device.account_id)
    )
    secret, about = (
        Place("device", field, device.account_id, str(device.id)) for field in ("secret", "about")
    )
    assert len(house.vault.open(secret, device.sealed_secret)) == 32
    assert b"Phone" in keys.open(about, device.sealed_about)
