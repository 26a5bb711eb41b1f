"""The drill: a living service is backed up, lost, and restored, on and across both engines."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.database.revision import newest_revision
from app.keeping import restore as restoring
from app.keeping.backup import BackedUp, back_up
from app.keeping.identities import make_identity, read_identity, read_recipient
from app.keeping.key_verification import verify_keys
from app.keeping.ledger import erased_accounts
from app.keeping.restore import Backup, Finished, Loaded
from app.keeping.sealed_stream import BackupBroken
from app.metadata import METADATA
from app.vault import KeyRing
from tests.clocks import SetClock
from tests.engines import ENGINES, open_whole
from tests.keeping.canaries import found_in
from tests.keeping.conftest import NewUrl
from tests.keeping.lives import NOTE, live, read_all
from tests.service import PASSWORD, Patient, Service, an_entry, running
from tests.sync.phone import Phone

pytestmark = pytest.mark.anyio
Json = Any  # What an answer holds is for the test to say.
ACCOUNT = METADATA.tables["account"]
WAYS = [(source, target) for source in ENGINES for target in ENGINES]


@dataclass(slots=True)
class Drill:
    """Two databases, the ring and the identity, and what the restore is told."""

    source: str
    target: str
    folder: Path
    clock: SetClock

    @property
    def identity(self) -> Path:
        """Kept apart from all else."""
        return self.folder / "identity"

    @property
    def ledger(self) -> Path:
        """Of the erasures."""
        return self.folder / "ledger"

    @property
    def ring(self) -> KeyRing:
        """Of both services."""
        return KeyRing.from_file(self.folder / "keys.json")

    async def back_up(self) -> BackedUp:
        """Of the source, to a new identity."""
        recipient = read_recipient(make_identity(self.identity))
        to = self.folder / "backups"
        async with open_whole(self.source) as database:
            return await back_up(database, newest_revision(), to, recipient, self.clock())

    async def load(self, files: BackedUp) -> Loaded:
        """Into the target."""
        backup = Backup(files.data, files.keys, read_identity(self.identity))
        erased = erased_accounts([self.ledger])
        async with open_whole(self.target) as database:
            return await restoring.load(database, backup, newest_revision(), erased, self.clock)

    async def finish(self) -> Finished:
        """Make the target ready."""
        async with open_whole(self.target) as database:
            return await restoring.finish(database, self.ring, erased_accounts([self.ledger]))

    def erase(self, account_id: UUID) -> None:
        """What the ledger says of an erasure."""
        line = {"account_id": str(account_id), "erased_at": self.clock().isoformat()}
        with self.ledger.open("a") as ledger:
            ledger.write(json.dumps(line) + "\n")


@pytest.fixture(params=WAYS, ids=[f"{source}-to-{target}" for source, target in WAYS])
def drill(
    request: pytest.FixtureRequest, new_url: NewUrl, tmp_path: Path, clock: SetClock
) -> Drill:
    """From each engine to each."""
    source, target = request.param
    (tmp_path / "ledger").touch()
    return Drill(new_url(source), new_url(target), tmp_path, clock)


@pytest.fixture
async def service(drill: Drill, anyio_backend: str) -> AsyncIterator[Service]:
    """The service before the loss."""
    async with running(drill.source, drill.folder, drill.clock) as started:
        yield started


async def accounts_of(url: str) -> list[UUID]:
    async with open_whole(url) as database:
        rows = await database.read(None, lambda work: work.fetch(select(ACCOUNT.c.account_id)))
    return [row[0] for row in rows]


async def tables_with(url: str, account_id: UUID) -> set[str]:
    """The tables that hold rows of an account."""
    found = set()
    async with open_whole(url) as database:
        for table in METADATA.sorted_tables:
            if "account_id" in table.columns:
                asked = select(table.c.account_id).where(table.c.account_id == account_id)
                if await database.read(None, lambda work: work.fetch(asked)):  # noqa: B023
                    found.add(table.name)
    return found


async def writes_until(patient: Patient, over: asyncio.Event) -> list[str]:
    """Goes on saving entries; the ids of those that were acknowledged."""
    saved: list[str] = []
    while not over.is_set():
        entry = an_entry()
        await patient.save(entry)
        saved.append(entry["id"])
    return saved


async def backed_up_meanwhile(drill: Drill, patient: Patient) -> tuple[BackedUp, list[str]]:
    over = asyncio.Event()
    writing = asyncio.create_task(writes_until(patient, over))
    await asyncio.sleep(0.1)
    files = await drill.back_up()
    over.set()
    return files, await writing


async def test_a_lost_service_comes_back_and_phones_bring_what_the_backup_lacked(
    drill: Drill, service: Service
) -> None:
    patient, writer = await live(service), await service.sign_up()
    phone = Phone("phone-a", patient.ask)
    await phone.sync()
    before = await read_all(patient)
    files, _ = await backed_up_meanwhile(drill, writer)
    lost = an_entry("mood", score=9)
    phone.write(lost["id"], {name: value for name, value in lost.items() if name != "id"})
    await phone.sync()
    await drill.load(files)
    async with running(drill.target, drill.folder, drill.clock) as restored:
        waiting = await restored.http.get("/readyz")
        assert (waiting.status_code, waiting.json()["failing"]) == (503, "restoring")
        assert (await drill.finish()).journals == 2
        assert (await restored.http.get("/readyz")).status_code == 200
        patient.http = restored.http
        await patient.refresh()
        assert without_cursor(await read_all(patient)) == without_cursor(before)
        path = f"/v1/entries/{lost['id']}"
        assert (await patient.ask("GET", path)).status_code == 404
        await phone.sync()
        assert (await patient.ask("GET", path)).json()["score"] == 9


def without_cursor(read: dict[str, Json]) -> dict[str, Json]:
    """Its epoch is another one after a restore."""
    return {path: body for path, body in read.items() if path != "/v1/sync/changes"}


async def test_an_account_erased_after_the_backup_stays_erased(
    drill: Drill, service: Service
) -> None:
    erased = await live(service)
    (account,) = await accounts_of(drill.source)
    stays = await live(service)
    files = await drill.back_up()
    drill.erase(account)
    loaded = await drill.load(files)
    assert loaded.rows > 20
    assert loaded.left_out > 20
    await drill.finish()
    assert await tables_with(drill.target, account) == {"audit_event", "audit_head"}
    async with running(drill.target, drill.folder, drill.clock) as restored:
        stays.http = erased.http = restored.http
        await stays.refresh()
        await read_all(stays)
        body = {"refresh_token": erased.tokens["refresh_token"]}
        assert (await restored.http.post("/v1/tokens/refresh", json=body)).status_code == 401
        for mail in restored.settings.mail_dir.iterdir():  # else codes from before look as new
            mail.unlink()
        await restored.sign_up(erased.email)
    async with open_whole(drill.target) as database:
        verified = await verify_keys(database, drill.ring, drill.clock)
    assert verified.unreadable.total() == 0


async def test_a_backup_is_of_one_moment_while_writes_go_on(drill: Drill, service: Service) -> None:
    patient = await service.sign_up()
    first = an_entry()
    await patient.save(first)
    files, acknowledged = await backed_up_meanwhile(drill, patient)
    await drill.load(files)
    # Audit chains with a head of another moment than their events would be found broken.
    await drill.finish()
    async with running(drill.target, drill.folder, drill.clock) as restored:
        patient.http = restored.http
        await patient.refresh()
        page = (await patient.ask("GET", "/v1/sync/changes")).json()
        there = [change["id"] for change in page["changes"]]
    assert there[0] == first["id"]
    assert there[1:] == acknowledged[: len(there) - 1]
    assert acknowledged


async def test_a_backup_holds_nothing_in_clear_and_opens_for_its_identity_alone(
    drill: Drill, service: Service
) -> None:
    patient = await live(service)
    files = await drill.back_up()
    content = files.data.read_bytes() + files.keys.read_bytes()
    (account,) = await accounts_of(drill.source)
    secrets = [
        NOTE,
        patient.email,
        PASSWORD,
        str(account),
        account.hex,
        "Europe/Berlin",
        "audit_event",
    ]
    assert found_in(content, secrets) == []
    assert found_in(content + NOTE.encode("utf-16-le"), secrets) == [NOTE]
    assert files.data.stat().st_mode & 0o777 == files.keys.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in files.data.parent.iterdir()) == [
        files.data.name,
        files.keys.name,
    ]
    make_identity(drill.folder / "another")
    (drill.folder / "another").replace(drill.identity)
    with pytest.raises(BackupBroken, match="not for this identity"):
        await drill.load(files)
    assert await accounts_of(drill.target) == []
