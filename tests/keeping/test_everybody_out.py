"""Nobody is in: after the statements that operations.md has for the worst day, and at first."""

import re
import sqlite3
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import func, select

from app.database import WholeDatabase
from app.metadata import METADATA
from tests.engines import as_administrator
from tests.service import PASSWORD, Service, an_entry

pytestmark = pytest.mark.anyio
PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


def statements() -> str:
    """What the page tells to run."""
    (found,) = re.findall(r"```sql\n(.+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


async def run(url: str) -> None:
    """As whoever runs the database."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        connection.executescript(statements())
        connection.close()
        return
    server = await asyncpg.connect(as_administrator(url))
    await server.execute(statements())
    await server.close()


async def test_every_device_is_out_and_its_patient_comes_back_by_password(
    service: Service, database_url: str
) -> None:
    patients = [await service.sign_up() for _ in range(2)]
    for patient in patients:
        await patient.save(an_entry())
        await patient.refresh()
    await run(database_url)
    for patient in patients:
        assert (await patient.ask("GET", "/v1/entries")).status_code == 401
        spent = {"refresh_token": patient.tokens["refresh_token"]}
        assert (await service.http.post("/v1/tokens/refresh", json=spent)).status_code == 401
        device = {"name": "Phone", "platform": "test"}
        proof = {"method": "password", "email": patient.email, "password": PASSWORD}
        entered = await service.http.post("/v1/tokens", json=proof | {"device": device})
        assert entered.status_code == 200, entered.text
        patient.tokens = entered.json()
        assert len((await patient.ask("GET", "/v1/entries")).json()["items"]) == 1
        (one,) = (await patient.ask("GET", "/v1/devices")).json()["items"]
        assert one["name"] == "Phone"


async def test_a_new_database_lets_nobody_in(service: Service, database: WholeDatabase) -> None:
    for name in ("account", "device", "patient_key", "passkey", "access_token"):
        count = select(func.count()).select_from(METADATA.tables[name])
        row = await database.read(None, lambda work: work.fetch_one(count))  # noqa: B023 - at once
        assert row is not None
        assert row[0] == 0, name
    for email in ("admin@localhost", "root@localhost", "admin@afterglow.example"):
        proof = {"method": "password", "email": email, "password": "admin"}
        device = {"name": "Phone", "platform": "test"}
        entered = await service.http.post("/v1/tokens", json=proof | {"device": device})
        assert entered.status_code == 401
