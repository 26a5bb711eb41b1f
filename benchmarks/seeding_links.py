"""Seeds direct links to a snapshot: rows as the service writes them, one file for all."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from app.clock import system_clock
from app.database import Database, Transaction
from app.help import help_of
from app.journal.reading import Reading
from app.journal.store import lock_journal
from app.safety.keeper import Signals
from app.sharing.file import encrypted
from app.sharing.lifecycle import MOST_TRIES
from app.sharing.material import Sources, Subject
from app.sharing.schemas import ShareScope
from app.sharing.sealed import About, Secrets, seal_about, seal_secrets
from app.sharing.shl import new_secret, secret_hash
from app.sharing.store import StoredShare, add_share
from app.sharing.store_files import NewFile, add_file
from app.trends.tabulation import TABULATION
from app.vault import Vault
from benchmarks.bulk import Bulk
from benchmarks.usual_tables import SHARE as USUAL_SHARE

LINKS = 400
"""A link opens thirty times a minute, so that many are needed."""

SHOWN_DAYS = 90
LIFE = timedelta(hours=47)
KINDS = ["mood", "anxiety", "flashback", "session"]


async def seed_links(
    database: Database, plain: Bulk, vault: Vault, owners: Sequence[UUID], last: date
) -> list[str]:
    """Links of these patients in turn, in Afterglow's database and the usual application's."""
    first = last - timedelta(days=SHOWN_DAYS - 1)
    scope = ShareScope.model_validate({"kinds": KINDS, "from": str(first), "to": str(last)})
    now = system_clock()
    jwe = await _file(database, vault, owners[0], scope, now)
    tokens, rows = [], []
    for number in range(LINKS):
        token, account_id = new_secret(), owners[number % len(owners)]

        async def keep(transaction: Transaction, token: str = token, to: UUID = account_id) -> None:
            await _keep_link(transaction, vault, to, token, scope, jwe, now)

        await database.write(account_id, keep)
        tokens.append(token)
        rows.append(_plain_row(token, account_id, jwe, now))
    await plain.load(USUAL_SHARE, rows)
    return tokens


async def _file(
    database: Database, vault: Vault, owner: UUID, scope: ShareScope, now: datetime
) -> bytes:
    """A real snapshot of a real journal."""
    signals = Signals(database, vault, system_clock, help_of, lock_journal)
    sources = Sources(Reading(database, vault, TABULATION), signals)
    subject = Subject(share_id=uuid4(), mode="snapshot", scope=scope, subject_name="M.")

    async def work(transaction: Transaction) -> bytes:
        keys = await vault.patient(transaction, owner)
        ground = await sources.ground(transaction, keys, subject, now)
        return encrypted(await sources.material(transaction, subject, ground, now), new_secret())

    return await database.read(owner, work)


async def _keep_link(  # noqa: PLR0913, PLR0917 - what a link consists of
    transaction: Transaction,
    vault: Vault,
    owner: UUID,
    token: str,
    scope: ShareScope,
    jwe: bytes,
    now: datetime,
) -> None:
    keys, share_id = await vault.patient(transaction, owner), uuid4()
    share = StoredShare(
        account_id=owner,
        id=share_id,
        kind="direct",
        mode="snapshot",
        created_at=now,
        expires_at=now + LIFE,
        revoked_at=None,
        tries_left=MOST_TRIES,
        max_openings=None,
        openings=1,
        first_opened_at=now,
        last_opened_at=None,
        draft_digest=bytes(32),
        sealed_about=seal_about(keys, share_id, About(scope=scope, label="Journal")),
        sealed_link=seal_secrets(keys, share_id, Secrets(token=token, key=new_secret())),
    )
    await add_share(transaction, share, secret_hash(token))
    await add_file(transaction, owner, share_id, NewFile(uuid4(), jwe, bytes(32), now))


def _plain_row(token: str, owner: UUID, jwe: bytes, now: datetime) -> dict[str, object]:
    return {
        "token_hash": secret_hash(token).hex(),
        "account_id": owner,
        "expires_at": now + LIFE,
        "openings": 1,
        "content": jwe.decode(),
    }
