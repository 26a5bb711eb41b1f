"""Which tries stand before a sign-in, and whose they are."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.accounts.derivation import DeviceTokens, new_secret
from app.accounts.issuing import Start
from app.accounts.ways_in import SignIn, enter
from app.database import Database
from app.web.problems import Refusal
from tests.accounts.client import DEVICE, Json
from tests.accounts.house import PASSWORD, House, an_address
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
WRONG = "another rather long pass phrase"
IN, REFUSED, LIMITED = "in", "credentials_refused", "rate_limited"


async def tried(house: House, draft: dict[str, Json], place: str | None = None) -> str:
    """What came of a sign-in, from a place of its own unless one is named."""
    sign_in = SignIn.model_validate({"device": DEVICE} | draft)
    try:
        await enter(house.accounts, sign_in, place or uuid4().hex, "request")
    except Refusal as refusal:
        return refusal.code
    return IN


def by_password(email: str, password: str = PASSWORD, **more: Json) -> dict[str, Json]:
    return {"method": "password", "email": email, "password": password, **more}


def by_id_token() -> dict[str, Json]:
    return {"method": "id_token", "id_token": "a.b.c", "nonce": "of the app"}


def known_by(start: Start) -> dict[str, Json]:
    """What a device shows that was signed in before."""
    return {"known_device": start.pair.refresh_token}


async def test_an_account_bears_so_many_tries_wherever_they_come_from(
    own_database: Database, clock: SetClock, tmp_path: Path
) -> None:
    house = House(own_database, clock, tmp_path, limits="sign_in.unknown_device=3/15m")
    address, other = an_address(), an_address()
    await house.sign_up(address)
    await house.sign_up(other)
    assert [await tried(house, by_password(address, WRONG)) for _ in range(3)] == [REFUSED] * 3
    assert await tried(house, by_password(address)) == LIMITED
    assert await tried(house, by_password(other)) == IN


async def test_a_right_password_gives_the_tries_back(
    own_database: Database, clock: SetClock, tmp_path: Path
) -> None:
    house = House(own_database, clock, tmp_path, limits="sign_in.unknown_device=3/15m")
    address = an_address()
    await house.sign_up(address)
    for _ in range(2):
        answers = [await tried(house, by_password(address, each)) for each in (WRONG, PASSWORD)]
        assert answers == [REFUSED, IN]
    assert [await tried(house, by_password(address, WRONG)) for _ in range(3)] == [REFUSED] * 3


@pytest.mark.parametrize("method", ["password", "id_token"])
async def test_a_place_bears_so_many_tries_over_all_accounts(
    own_database: Database, clock: SetClock, tmp_path: Path, method: str
) -> None:
    house = House(own_database, clock, tmp_path, limits="sign_in.address=2/15m")
    place = uuid4().hex

    def draft() -> dict[str, Json]:
        return by_password(an_address()) if method == "password" else by_id_token()

    assert [await tried(house, draft(), place) for _ in range(3)] == [REFUSED, REFUSED, LIMITED]
    assert await tried(house, draft()) == REFUSED


@pytest.mark.parametrize("first", ["password", "id_token"])
async def test_one_breaker_stands_before_strangers_whichever_way_they_come(
    own_database: Database, clock: SetClock, tmp_path: Path, first: str
) -> None:
    house = House(own_database, clock, tmp_path, limits="sign_in.service=3/1m")
    address = an_address()
    start = (await house.sign_up(address)).start
    ways = [by_password(an_address()), by_id_token()]
    one, other = ways if first == "password" else reversed(ways)
    assert [await tried(house, each) for each in (one, one, one)] == [REFUSED] * 3
    assert [await tried(house, each) for each in (one, other)] == [LIMITED] * 2
    assert await tried(house, by_password(address, **known_by(start))) == IN


async def test_a_device_that_the_account_knows_has_tries_of_its_own(
    own_database: Database, clock: SetClock, tmp_path: Path
) -> None:
    few = "sign_in.unknown_device=1/15m,sign_in.known_device=2/15m"
    house = House(own_database, clock, tmp_path, limits=few)
    address = an_address()
    phone, tablet = (await house.sign_up(address)).start, await house.sign_in(address)
    assert await tried(house, by_password(address, WRONG)) == REFUSED
    assert await tried(house, by_password(address)) == LIMITED
    wrong, right = (by_password(address, each, **known_by(phone)) for each in (WRONG, PASSWORD))
    assert [await tried(house, each) for each in (wrong, right)] == [REFUSED, IN]
    answers = [await tried(house, each) for each in (wrong, wrong, right)]
    assert answers == [REFUSED, REFUSED, LIMITED]
    assert await tried(house, by_password(address, **known_by(tablet))) == IN


async def test_what_a_stranger_shows_makes_no_device_known(
    own_database: Database, clock: SetClock, tmp_path: Path
) -> None:
    house = House(own_database, clock, tmp_path, limits="sign_in.unknown_device=1/15m")
    address, stranger = an_address(), (await house.sign_up()).start
    phone = (await house.sign_up(address)).start
    forger = DeviceTokens(phone.device.id, new_secret())
    unknown = DeviceTokens(UUID(int=0), new_secret())
    assert await tried(house, by_password(address, WRONG)) == REFUSED
    for token in (
        forger.refresh_token(0),
        unknown.refresh_token(0),
        stranger.pair.refresh_token,
        phone.pair.access_token,
        "x",
    ):
        assert await tried(house, by_password(address, known_device=token)) == LIMITED
    nobody = by_password(an_address(), **known_by(phone))
    assert [await tried(house, nobody) for _ in range(2)] == [REFUSED, LIMITED]
