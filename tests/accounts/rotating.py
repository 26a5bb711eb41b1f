"""A device that rotates its tokens, and whether it still may."""

from app.accounts.issuing import Start
from app.accounts.refusals import RefreshRefused
from app.web.problems import TokenInvalid
from tests.accounts.house import House, an_address


async def a_device(house: House) -> tuple[str, Start]:
    address = an_address()
    return address, (await house.sign_up(address)).start


async def refused(house: House, token: str) -> bool:
    try:
        await house.refresh(token)
    except RefreshRefused:
        return True
    return False


async def works(house: House, access_token: str) -> bool:
    try:
        await house.caller(access_token)
    except TokenInvalid:
        return False
    return True


async def stands(house: House, start: Start) -> bool:
    devices = await house.accounts.devices.of_account(start.device.account_id)
    return start.device.id in {each.device.id for each in devices}
