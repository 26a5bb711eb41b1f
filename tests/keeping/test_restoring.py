"""A restore that cannot begin changes nothing; one that is not in order is not served."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from sqlalchemy import Update, delete, exists, insert, literal, select, text, update

from app.accounts.accounts import Accounts
from app.accounts.letters import Letter
from app.accounts.mail import Mailer, Recipient
from app.audit.verification import verify_chains
from app.database import WholeDatabase
from app.journal.cursors import EPOCH_STEP
from app.journal.restore import RestoreRefused
from app.keeping import restore as restoring
from app.keeping import store
from app.keeping.backup import BackedUp, back_up
from app.keeping.identities import make_identity, read_identity, read_recipient
from app.keeping.restore import Backup, RestoreStopped
from app.keeping.sealed_stream import BackupBroken
from app.metadata import METADATA
from app.vault import KeyRing
from app.vault.ring_keys import new_ring_text
from tests.keeping.lives import live
from tests.portability.lives import waiting_for
from tests.service import Patient, Service, settled
from tests.sharing.links import account_of, manifest, share

pytestmark = pytest.mark.anyio
SCHEMA = "of-a-test"
EVENT, HEAD = METADATA.tables["audit_event"], METADATA.tables["audit_head"]
JOURNAL = METADATA.tables["journal"]
DEVICE = METADATA.tables["device"]
GUARDS_OFF = {
    "sqlite": [f"DROP TRIGGER IF EXISTS audit_event_no_{it}" for it in ("update", "delete")],
    "postgresql": ["ALTER TABLE audit_event DISABLE TRIGGER USER"],
}


@pytest.fixture
async def backup(service: Service, database: WholeDatabase, tmp_path: Path) -> Backup:
    """Of a service with one patient, who is then gone from the database."""
    await live(service)
    recipient = read_recipient(make_identity(tmp_path / "identity"))
    files = await written(service, database, tmp_path, recipient)
    await emptied(database)
    return Backup(files.data, files.keys, read_identity(tmp_path / "identity"))


async def written(
    service: Service, database: WholeDatabase, folder: Path, recipient: X25519PublicKey
) -> BackedUp:
    return await back_up(database, SCHEMA, folder / "backups", recipient, service.clock())


async def unguarded(database: WholeDatabase) -> None:
    """Let the audit chain be changed, as whoever has the disk could."""
    for statement in GUARDS_OFF[database.engine]:
        await database.write(None, lambda work: work.execute(text(statement)))  # noqa: B023


async def emptied(database: WholeDatabase) -> None:
    await unguarded(database)
    for table in METADATA.sorted_tables:
        await database.write(None, lambda work: work.execute(delete(table)))  # noqa: B023


async def loaded(service: Service, database: WholeDatabase, backup: Backup) -> None:
    await restoring.load(database, backup, SCHEMA, set(), service.clock)


async def waits_for_mail(service: Service, database: WholeDatabase, patient: Patient) -> bytes:
    """A code and a mail wait for a patient; the index of the address."""
    asked = await service.http.post("/v1/accounts/recovery", json={"email": patient.email})
    assert asked.status_code == 202
    await settled(service)
    vault = service.app.state.provided[Accounts].mailer._vault
    mailer = Mailer(vault, lambda: service.clock() + timedelta(hours=1))
    to = Recipient(patient.email, "en")
    await database.write(
        None, lambda work: mailer.post(work, to, Letter.SHARE_OPENED, {"when": "noon"})
    )
    index: bytes = vault.blind_index("email", patient.email)
    return index


async def filled(database: WholeDatabase) -> set[str]:
    """The tables that hold a row."""
    found = set()
    for table in METADATA.sorted_tables:
        look = select(literal(1)).where(exists(select(table)))
        if await database.read(None, lambda work: work.fetch_one(look)):  # noqa: B023 - at once
            found.add(table.name)
    return found


async def nothing_came(database: WholeDatabase) -> bool:
    return await database.read(None, store.is_empty)


async def test_only_an_empty_database_is_restored_into(
    service: Service, database: WholeDatabase, backup: Backup
) -> None:
    account = {"account_id": uuid4(), "epoch": 0, "head": 1}
    await database.write(None, lambda work: work.execute(insert(JOURNAL), account))
    with pytest.raises(RestoreStopped, match="not empty"):
        await loaded(service, database, backup)
    await emptied(database)
    await loaded(service, database, backup)
    with pytest.raises(RestoreStopped, match="not empty"):
        await loaded(service, database, backup)


async def test_a_damaged_file_brings_nothing_at_all(
    service: Service, database: WholeDatabase, backup: Backup
) -> None:
    for path in (backup.data, backup.keys):
        whole = path.read_bytes()
        for wrong in (whole[:-1], whole[:-20] + bytes(20), whole + b"x", b"", whole[:40]):
            path.write_bytes(wrong)
            with pytest.raises(BackupBroken):
                await loaded(service, database, backup)
            assert await nothing_came(database)
        path.write_bytes(whole)
    await loaded(service, database, backup)


async def test_files_that_do_not_belong_together_are_refused(
    service: Service, database: WholeDatabase, backup: Backup, tmp_path: Path
) -> None:
    other = await written(service, database, tmp_path, backup.identity.public_key())
    for wrong in (
        backup._replace(keys=other.keys),
        backup._replace(data=backup.keys, keys=backup.data),
        backup._replace(data=backup.keys),
    ):
        with pytest.raises((RestoreStopped, BackupBroken)):
            await loaded(service, database, wrong)
        assert await nothing_came(database)


async def test_a_backup_of_another_schema_is_refused(
    service: Service, database: WholeDatabase, backup: Backup
) -> None:
    with pytest.raises(RestoreStopped, match="another schema"):
        await restoring.load(database, backup, "0001", set(), service.clock)
    assert await nothing_came(database)


async def test_a_backup_of_another_format_is_refused(
    service: Service,
    database: WholeDatabase,
    tmp_path: Path,
    backup: Backup,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.keeping.backup.FORMAT", 2)
    newer = await written(service, database, tmp_path, backup.identity.public_key())
    with pytest.raises(RestoreStopped, match="another format"):
        await loaded(service, database, backup._replace(data=newer.data, keys=newer.keys))
    assert await nothing_came(database)


async def test_what_is_worth_minutes_is_in_no_backup(
    service: Service, database: WholeDatabase, tmp_path: Path
) -> None:
    patient = await live(service)
    await manifest(service, await share(patient), embeddedLengthMax=0)
    await waits_for_mail(service, database, patient)
    passing = {"access_token", "share_ticket", "pending_code", "outbox"}
    assert await filled(database) >= passing
    recipient = read_recipient(make_identity(tmp_path / "identity"))
    files = await written(service, database, tmp_path, recipient)
    await emptied(database)
    identity = read_identity(tmp_path / "identity")
    await loaded(service, database, Backup(files.data, files.keys, identity))
    assert not await filled(database) & passing


async def failing(service: Service) -> str:
    answer = await service.http.get("/readyz")
    assert answer.status_code == 503
    return str(answer.json()["failing"])


async def test_a_ring_that_does_not_open_the_keys_keeps_readiness_away(
    service: Service, database: WholeDatabase, backup: Backup
) -> None:
    await loaded(service, database, backup)
    with pytest.raises(RestoreStopped, match="ring"):
        await restoring.finish(database, KeyRing.from_text(new_ring_text()), set())
    assert await failing(service) == "restoring"
    ring = KeyRing.from_file(service.settings.keys_file)
    assert (await restoring.finish(database, ring, set())).journals == 1
    assert (await service.http.get("/readyz")).status_code == 200


@pytest.mark.parametrize("number", [bytes(4), b"\0\0\0\x01", b""], ids=["zeros", "first", "none"])
async def test_one_secret_of_a_device_that_does_not_open_keeps_readiness_away(
    service: Service, database: WholeDatabase, backup: Backup, number: bytes
) -> None:
    await loaded(service, database, backup)
    spoil = update(DEVICE).values(sealed_secret=b"\x01" + number + bytes(96))
    await database.write(None, lambda work: work.execute(spoil))
    with pytest.raises(RestoreStopped, match="ring"):
        await restoring.finish(database, KeyRing.from_file(service.settings.keys_file), set())
    assert await failing(service) == "restoring"


async def test_a_journal_that_begins_no_epoch_keeps_readiness_away(
    service: Service, database: WholeDatabase, backup: Backup
) -> None:
    await loaded(service, database, backup)
    await database.write(None, lambda work: work.execute(update(JOURNAL).values(head=EPOCH_STEP)))
    with pytest.raises(RestoreRefused):
        await restoring.finish(database, KeyRing.from_file(service.settings.keys_file), set())
    assert await failing(service) == "restoring"


OF_SECOND = (EVENT.c.seq == 2,)
TAMPERED: dict[str, Update] = {
    "action": update(EVENT).where(*OF_SECOND).values(action="nothing"),
    "hash": update(EVENT).where(*OF_SECOND).values(hash=bytes(32)),
    "prev": update(EVENT).where(*OF_SECOND).values(prev=bytes(32)),
    "digest": update(EVENT).where(*OF_SECOND).values(digest=b"other"),
    "number": update(EVENT).where(*OF_SECOND).values(seq=200),
    "owner": update(EVENT).where(*OF_SECOND).values(account_id=UUID(int=5)),
    "head": update(HEAD).values(hash=bytes(32)),
    "length": update(HEAD).values(seq=HEAD.c.seq - 1),
}


@pytest.mark.parametrize("member", TAMPERED)
async def test_a_broken_audit_chain_keeps_readiness_away(
    service: Service, database: WholeDatabase, backup: Backup, member: str
) -> None:
    await loaded(service, database, backup)
    assert (await verify_chains(database)).named == []
    await database.write(None, lambda work: work.execute(TAMPERED[member]))
    broken = (await verify_chains(database)).named
    if member == "owner":
        assert broken.pop(0) == (UUID(int=5), 1)
    assert len(broken) == 1
    if member not in ("head", "length"):
        assert broken[0].seq == 2
    ring = KeyRing.from_file(service.settings.keys_file)
    with pytest.raises(RestoreStopped, match="audit chain"):
        await restoring.finish(database, ring, set())
    assert await failing(service) == "restoring"


async def test_a_physical_restore_is_replayed_and_its_journals_begin_anew(
    service: Service, database: WholeDatabase
) -> None:
    erased = await live(service)
    row = await database.read(None, lambda work: work.fetch_one(select(JOURNAL.c.account_id)))
    assert row is not None
    stays = await live(service)
    await restoring.mark(database, service.clock)
    assert await failing(service) == "restoring"
    ring = KeyRing.from_file(service.settings.keys_file)
    done = await restoring.finish(database, ring, {row[0]})
    assert done.erased_rows > 20
    assert done.journals == 1
    assert (await erased.ask("GET", "/v1/profile")).status_code == 401
    assert (await stays.ask("GET", "/v1/profile")).status_code == 200
    assert (await stays.ask("GET", "/v1/sync/changes?cursor=2")).status_code == 410


async def test_what_waits_for_the_address_of_the_erased_goes_in_a_physical_restore_too(
    service: Service, database: WholeDatabase
) -> None:
    erased, stays = await service.sign_up(), await service.sign_up()
    index, other = [await waits_for_mail(service, database, each) for each in (erased, stays)]
    waiting = {"account", "pending_code", "outbox"}
    assert await waiting_for(database, index) == await waiting_for(database, other) == waiting
    account = await account_of(service, erased)
    await restoring.mark(database, service.clock)
    ring = KeyRing.from_file(service.settings.keys_file)
    await restoring.finish(database, ring, {account})
    assert await waiting_for(database, index) == set()
    assert await waiting_for(database, other) == waiting
