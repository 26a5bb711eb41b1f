"""What operations.md has for the worst day: nobody is in, and no link opens."""

from uuid import uuid4

import pytest
from anyio import to_thread
from sqlalchemy import delete, func, insert, select
from typer.testing import CliRunner, Result

from app.cli import cli
from app.database import WholeDatabase
from app.metadata import METADATA
from tests.engines import as_administrator
from tests.service import PASSWORD, Patient, Service, an_entry
from tests.sharing.links import (
    NOBODY,
    a_draft,
    account_of,
    chain,
    read_direct,
    revoke,
    share,
    state,
    told,
)

pytestmark = pytest.mark.anyio
HEAD, TOKEN = METADATA.tables["audit_head"], METADATA.tables["access_token"]


async def for_all(
    service: Service, command: str, *words: str, url: str = "", typed: str = ""
) -> Result:
    """As whoever owns the database, unless `url` says otherwise; `typed` answers its question."""
    settings = {
        "AFTERGLOW_DATABASE_URL": service.settings.database_url,
        "AFTERGLOW_MIGRATION_URL": url or as_administrator(service.settings.database_url),
        "AFTERGLOW_KEYS_FILE": str(service.settings.keys_file),
    }
    return await to_thread.run_sync(
        lambda: CliRunner().invoke(cli, ["account", command, *words], env=settings, input=typed)
    )


async def two_patients(service: Service) -> list[Patient]:
    """The second has a tablet as well."""
    patients = [await service.sign_up() for _ in range(2)]
    patients.append(await patients[1].sign_in_again())
    for patient in patients:
        await patient.save(an_entry())
        await patient.refresh()
    return patients


async def is_out(patient: Patient) -> bool:
    """Whether neither of its tokens serves."""
    spent = {"refresh_token": patient.tokens["refresh_token"]}
    answers = (
        await patient.ask("GET", "/v1/entries"),
        await patient.http.post("/v1/tokens/refresh", json=spent),
    )
    return [each.status_code for each in answers] == [401, 401]


async def test_every_device_is_out_and_its_patient_comes_back_by_password(
    service: Service,
) -> None:
    first, second, tablet = await two_patients(service)
    done = await for_all(service, "everybody-out", "--yes")
    assert (done.exit_code, "3 devices of 2 accounts" in done.stdout) == (0, True), done.output
    for patient in (first, second, tablet):
        assert await is_out(patient)
    for patient, entries in ((first, 1), (second, 2)):
        device = {"name": "Phone", "platform": "test"}
        proof = {"method": "password", "email": patient.email, "password": PASSWORD}
        entered = await service.http.post("/v1/tokens", json=proof | {"device": device})
        assert entered.status_code == 200, entered.text
        patient.tokens = entered.json()
        assert len((await patient.ask("GET", "/v1/entries")).json()["items"]) == entries
        (one,) = (await patient.ask("GET", "/v1/devices")).json()["items"]
        assert one["name"] == "Phone"
        events = (await patient.ask("GET", "/v1/audit-events")).json()["items"]
        ended = [each for each in events if each["action"] == "device.revoked"]
        assert [each["actor"]["kind"] for each in ended] == ["operator"] * entries
    again = await for_all(service, "everybody-out", "--yes")
    assert "2 devices of 2 accounts" in again.stdout


async def test_it_asks_first(service: Service) -> None:
    patient = await service.sign_up()
    refused = await for_all(service, "everybody-out", typed="n\n")
    assert (refused.exit_code, "nobody was signed out" in refused.output) == (2, True)
    assert (await patient.ask("GET", "/v1/entries")).status_code == 200
    assert (await for_all(service, "everybody-out", typed="y\n")).exit_code == 0
    assert await is_out(patient)


@pytest.mark.parametrize("command", ["everybody-out", "revoke-links"])
async def test_whoever_does_not_see_every_row_is_refused(
    service: Service, database_url: str, command: str
) -> None:
    patient = await service.sign_up()
    link = await share(patient, a_draft(kind="direct"))
    done = await for_all(service, command, "--yes", url=database_url)
    if database_url.startswith("sqlite"):
        assert done.exit_code == 0
        return
    assert (done.exit_code, "BYPASSRLS" in done.stderr) == (2, True)
    assert (await patient.ask("GET", "/v1/entries")).status_code == 200
    assert (await read_direct(service, link)).status_code == 200


async def test_a_device_ends_without_a_chain_and_a_token_without_a_device(
    service: Service, database: WholeDatabase
) -> None:
    """Whoever had the database may have left either."""
    patient = await service.sign_up()
    await database.write(None, lambda work: work.execute(delete(HEAD)))
    row = await database.read(None, lambda work: work.fetch_one(select(TOKEN)))
    assert row is not None
    planted = dict(zip(TOKEN.columns.keys(), row, strict=True))
    planted |= {"token_hash": bytes(32), "account_id": uuid4()}
    await database.write(None, lambda work: work.execute(insert(TOKEN), planted))
    done = await for_all(service, "everybody-out", "--yes")
    assert (done.exit_code, "1 devices of 1 accounts" in done.stdout) == (0, True), done.output
    assert await is_out(patient)
    count = select(func.count()).select_from(TOKEN)
    left = await database.read(None, lambda work: work.fetch_one(count))
    assert left is not None
    assert left[0] == 0


async def test_no_link_opens_and_a_new_one_does(service: Service, database: WholeDatabase) -> None:
    first, second = await service.sign_up(), await service.sign_up()
    links = [await share(each, a_draft(kind="direct")) for each in (first, second, second)]
    await revoke(second, links[2])
    for link in links[:2]:
        assert (await read_direct(service, link)).status_code == 200
    done = await for_all(service, "revoke-links", "--yes")
    assert (done.exit_code, "2 links of 2 accounts" in done.stdout) == (0, True), done.output
    unknown = await read_direct(service, f"/shl/{NOBODY}")
    for link, patient in zip(links, (first, second, second), strict=True):
        refused = await read_direct(service, link)
        assert (refused.status_code, told(refused)) == (404, told(unknown))
        assert (await state(patient, link))["status"] == "revoked"
    for patient in (first, second):
        account_id = await account_of(service, patient)
        events = await chain(database, account_id, str(account_id))
        assert events.count(("share.all_revoked", "done", "operator")) == 1
    again = await for_all(service, "revoke-links", "--yes")
    assert "0 links of 0 accounts" in again.stdout
    anew = await share(first, a_draft(kind="direct"))
    assert (await read_direct(service, anew)).status_code == 200


async def test_links_are_revoked_where_the_chain_is_gone(
    service: Service, database: WholeDatabase
) -> None:
    """By the command, and by their patient."""
    first, second = await service.sign_up(), await service.sign_up()
    links = [await share(each, a_draft(kind="direct")) for each in (first, second)]
    await database.write(None, lambda work: work.execute(delete(HEAD)))
    assert (await first.ask("DELETE", "/v1/shares")).status_code == 204
    done = await for_all(service, "revoke-links", "--yes")
    assert (done.exit_code, "1 links of 1 accounts" in done.stdout) == (0, True), done.output
    for link in links:
        assert (await read_direct(service, link)).status_code == 404


async def test_links_are_asked_about_first(service: Service) -> None:
    patient = await service.sign_up()
    link = await share(patient, a_draft(kind="direct"))
    refused = await for_all(service, "revoke-links", typed="n\n")
    assert (refused.exit_code, "no link was revoked" in refused.output) == (2, True)
    assert (await read_direct(service, link)).status_code == 200


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
