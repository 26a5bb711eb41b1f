"""What a replica of the database may be asked, and how it shows that it has everything."""

from uuid import UUID

from app.audit import newest_hash
from app.database import Replica, Replicated, Transaction, WholeDatabase, open_database
from app.settings import Settings
from app.vault import Vault

READABLE = frozenset({"audit_head", "day_table", "digest", "entry", "journal", "profile", "signal"})
"""Tables a replica is asked about. Keys, tokens, devices and links are the primary's alone: what is
erased, revoked or rotated there counts at once."""


async def open_databases(settings: Settings, vault: Vault) -> WholeDatabase:
    """The database of the settings, with its replica if there is one.

    Raises DatabaseUnavailable when the primary does not answer; the replica may be away.
    """
    most = settings.database_connections
    primary = await open_database(settings.database_url, connections_at_most=most)
    if not settings.replica_url:
        return primary

    async def mark(transaction: Transaction, account_id: UUID) -> bytes | None:
        """The newest hash of the audit chain: every change of what is readable is an event of it.

        It stands for the whole history, so a replica of another life of the database differs too.
        The patient's keys come from the primary, and are at hand when the replica is asked.
        """
        newest = await newest_hash(transaction, account_id)
        if newest is not None:
            await vault.patient(transaction, account_id)
        return newest

    replica = await Replica.beside(settings.replica_url, READABLE, most)
    return Replicated(primary, replica, mark)
