"""What erases accounts here: every room that forgets, and the ledger that says who is erased."""

from app.accounts.accounts import Accounts
from app.clock import Clock
from app.database import WholeDatabase
from app.forgetting import FORGETTERS
from app.keeping.store_keys import is_there, keys_in_use
from app.portability.erasure import Erasure, Workshop
from app.portability.ledger import ErasureLedger
from app.settings import Settings
from app.vault import Vault


def erasure_of(
    database: WholeDatabase, vault: Vault, settings: Settings, clock: Clock, accounts: Accounts
) -> Erasure:
    """For the service, and for the command; in production a ledger has to be there."""

    async def has_patients() -> bool:
        return bool(await database.read(None, keys_in_use))

    workshop = Workshop(database, is_there, vault, clock, accounts.mailer, accounts.outbox)
    ledger = ErasureLedger(settings.erasure_ledger)
    in_production = settings.environment == "production"
    return Erasure(workshop, ledger, FORGETTERS, has_patients if in_production else None)
