"""Each event of a link names the thing it was done to, who did it, and by which request."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, select

from app.database import Database
from app.metadata import METADATA
from tests.audit.trails import events_of
from tests.clocks import SetClock
from tests.service import Patient, Service
from tests.sharing.links import a_draft, account_of, ask_for, revoke, share, state

pytestmark = pytest.mark.anyio
ACCESS = METADATA.tables["share_access"]
ROWS = (
    select(ACCESS.c.id)
    .where(ACCESS.c.account_id == bindparam("account"), ACCESS.c.share_id == bindparam("share"))
    .order_by(ACCESS.c.at)
)


@pytest.fixture
def database_url(sqlite_file_url: str) -> str:
    """One engine: nothing here is a matter of statements."""
    return sqlite_file_url


async def events_of_links(patient: Patient) -> list[dict[str, Any]]:
    """Those of the chain that speak of sharing, the oldest first."""
    return [each for each in await events_of(patient) if each["action"].startswith("share.")]


async def test_what_an_owner_does_is_told_of_the_link_or_of_all_of_them(
    service: Service, patient: Patient
) -> None:
    draft = a_draft()
    link = await share(patient, draft)
    assert (await patient.ask("POST", "/v1/shares", json=draft)).status_code == 200
    await state(patient, link)
    await revoke(patient, link)
    other = await share(patient)
    last = await patient.ask("DELETE", "/v1/shares")
    told = await events_of_links(patient)
    first, second = ({"kind": "share", "id": each.id} for each in (link, other))
    everything = {"kind": "account", "id": str(await account_of(service, patient))}
    assert [(each["action"], each["object"]) for each in told] == [
        ("share.created", first),
        ("share.read_back", first),
        ("share.read_back", first),
        ("share.revoked", first),
        ("share.created", second),
        ("share.all_revoked", everything),
    ]
    assert {each["actor"]["id"] for each in told} == {patient.tokens["device"]["id"]}
    assert told[-1]["request_id"] == last.headers["x-request-id"]


async def test_what_a_reader_does_is_told_of_a_row_of_the_log_and_of_one_request(
    service: Service, patient: Patient, database: Database, clock: SetClock
) -> None:
    link, account = await share(patient), await account_of(service, patient)
    answers = []
    for passcode in ("WRONG234", link.passcode):
        clock.now += timedelta(seconds=1)
        answers.append(await ask_for(service, link, passcode))
    await revoke(patient, link)
    clock.now += timedelta(seconds=1)
    answers.append(await ask_for(service, link))
    bound = {"account": account, "share": link.share_id}
    rows = await database.read(account, lambda work: work.fetch(ROWS, bound))
    told = [each for each in await events_of_links(patient) if each["actor"]["kind"] == "reader"]
    assert [(each["action"], each["outcome"]) for each in told] == [
        ("share.passcode_wrong", "refused"),
        ("share.opened", "done"),
        ("share.refused", "refused"),
    ]
    assert [each["object"] for each in told] == [{"kind": "share", "id": link.id}] * 3
    assert [each["actor"]["id"] for each in told] == [str(row[0]) for row in rows]
    assert [each["request_id"] for each in told] == [
        each.headers["x-request-id"] for each in answers
    ]
