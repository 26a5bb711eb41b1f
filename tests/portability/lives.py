"""A patient with a row in every table, and what is left of one in the database."""

import asyncio
from uuid import UUID, uuid4

import httpx
from sqlalchemy import Table, func, select

from app.database import Database
from app.metadata import METADATA
from app.portability.erasure import Erasure
from app.trends.keeper import AnswerKeeper
from app.web.identity import Authenticator
from tests.authenticator import add_passkey
from tests.portability.imports import DAYLIO, commit
from tests.service import PASSWORD, Patient, Service, an_entry, settled
from tests.sharing.links import Link, ask_for, manifest, read_direct, share

STAYS = {"audit_event", "audit_head"}
OF_ACCOUNTS = {name: table for name, table in METADATA.tables.items() if "account_id" in table.c}
BY_ADDRESS = {name: table for name, table in METADATA.tables.items() if "email_index" in table.c}


async def account_of(service: Service, patient: Patient) -> UUID:
    """Whose access token it is."""
    authenticate = service.app.state.provided[Authenticator]
    account_id: UUID = (await authenticate(patient.tokens["access_token"])).account_id
    return account_id


async def live(service: Service, patient: Patient) -> list[Link]:
    """Use everything there is, so that no table is without a row; the links that were made."""
    for kind in ("mood", "anxiety", "flashback", "session", "dissociation", "assessment"):
        await patient.save(an_entry(kind))
    await patient.save(an_entry("mood", help_wanted=True, score=0))
    links = [await share(patient), await share(patient, kind="direct")]
    await manifest(service, links[0], embeddedLengthMax=1)
    assert (await read_direct(service, links[1])).status_code == 200
    assert (await ask_for(service, links[0])).status_code == 401
    await commit(patient, "daylio", DAYLIO, time_zone="Europe/Berlin")
    await add_passkey(patient)
    tablet = {"name": "Tablet", "platform": "test"}
    entrance = {"method": "password", "email": patient.email, "password": PASSWORD}
    await service.http.post("/v1/tokens", json=entrance | {"device": tablet})
    await service.http.post("/v1/accounts", json={"email": patient.email, "password": PASSWORD})
    await _ask_until_it_is_kept(service, patient)
    return links


async def _ask_until_it_is_kept(service: Service, patient: Patient) -> None:
    """An answer is dropped while others write, as who sends mail does beside this."""
    database = service.app.state.provided[AnswerKeeper]._database
    account_id = await account_of(service, patient)
    async with asyncio.timeout(20):
        while not await rows_of(database, OF_ACCOUNTS["ready_answer"], account_id):
            trend = await patient.ask("GET", "/v1/trends/daily?metric=mood")
            assert trend.status_code == 200, trend.text
            await settled(service)


async def rows_of(database: Database, table: Table, account_id: UUID) -> int:
    """How many rows of an account a table holds."""
    count = select(func.count()).select_from(table).where(table.c.account_id == account_id)
    row = await database.read(account_id, lambda work: work.fetch_one(count))
    return int(row[0]) if row else 0


async def left_of(database: Database, account_id: UUID) -> dict[str, int]:
    """Rows of an account by table, those without any left out."""
    found = {
        name: await rows_of(database, table, account_id) for name, table in OF_ACCOUNTS.items()
    }
    return {name: count for name, count in found.items() if count}


async def waiting_for(database: Database, index: bytes) -> set[str]:
    """The tables that hold the blind index of an address; `database` has to see every row."""
    found = set()
    for name, table in BY_ADDRESS.items():
        look = select(func.count()).select_from(table).where(table.c.email_index == index)
        row = await database.read(uuid4(), lambda work: work.fetch_one(look))  # noqa: B023 - at once
        if row and row[0]:
            found.add(name)
    return found


def a_stranger() -> str:
    """An id that no account has."""
    return str(uuid4())


async def erase(patient: Patient) -> httpx.Response:
    """The answer to a patient who asks for it, freshly proved."""
    await patient.step_up()
    return await patient.ask("DELETE", "/v1/account")


def eraser(service: Service) -> Erasure:
    """What erases in a service."""
    found: Erasure = service.app.state.provided[Erasure]
    return found
