"""What the log tells of ways in: which one it was, how it went, and whose mark it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.accounts.refusals import CredentialsRefused
from app.accounts.ways_in import ProofDraft, SignIn, enter, prove
from app.audit import Actor
from app.database import Database
from app.web.identity import SignedIn
from tests.accounts.client import DEVICE, Json
from tests.accounts.house import PASSWORD, House, an_address
from tests.accounts.test_recovery_writes import asked_for
from tests.clocks import SetClock
from tests.telemetry.conftest import MARKS, Lines

pytestmark = pytest.mark.anyio
ID_TOKEN = {"method": "id_token", "id_token": "a.b.c", "nonce": "of the app"}
ACTOR = Actor("device", "here", "request")


@pytest.fixture
def house(database: Database, clock: SetClock, tmp_path: Path) -> Iterator[House]:
    """The accounts room on each engine in turn."""
    house = House(database, clock, tmp_path / "mail")
    yield house
    house.hasher.close()


def newest(lines: Lines) -> tuple[Json, ...]:
    """Event, way, and the marks of account and device, in the newest line."""
    told = lines()[-1]
    return tuple(told.get(name) for name in ("event", "action", "account", "device"))


async def test_who_signs_up_or_comes_back_does_so_by_a_code(house: House, lines: Lines) -> None:
    address = an_address()
    made = (await house.sign_up(address)).start.device
    marks = (MARKS(made.account_id), MARKS(made.id))
    assert newest(lines) == ("account.created", "code", *marks)
    back = (await house.accounts.recovery.finish(await asked_for(house, address))).start.device
    assert newest(lines) == ("account.recovered", "code", marks[0], MARKS(back.id))


async def test_who_signs_in_does_so_by_a_way_with_a_name(house: House, lines: Lines) -> None:
    address = an_address()
    await house.sign_up(address)
    by_password = {"method": "password", "email": address, "password": PASSWORD}
    right = SignIn.model_validate(by_password | {"device": DEVICE})
    device = (await enter(house.accounts, right, "here", "request")).device
    marks = (MARKS(device.account_id), MARKS(device.id))
    assert newest(lines) == ("sign_in", "password", *marks)
    for way in (by_password | {"password": "something else entirely"}, ID_TOKEN):
        wrong = SignIn.model_validate(way | {"device": DEVICE})
        with pytest.raises(CredentialsRefused):
            await enter(house.accounts, wrong, "here", "request")
        assert newest(lines) == ("sign_in.refused", way["method"], None, None)


async def test_who_proves_again_does_so_by_a_way_with_a_name(house: House, lines: Lines) -> None:
    device = (await house.sign_up()).start.device
    caller = SignedIn(device.account_id, device.id)
    marks = (MARKS(device.account_id), MARKS(device.id))
    right = ProofDraft.model_validate({"method": "password", "password": PASSWORD})
    await prove(house.accounts, caller, right, ACTOR)
    assert newest(lines) == ("step_up", "password", *marks)
    with pytest.raises(CredentialsRefused):
        await prove(house.accounts, caller, ProofDraft.model_validate(ID_TOKEN), ACTOR)
    assert newest(lines) == ("step_up.refused", "id_token", *marks)
