"""What every room does when an account is erased."""

from app.accounts.erasure import forget_account as forget_accounts
from app.journal.erasure import forget_account as forget_journal
from app.portability.erasure import Forget
from app.portability.store import erase_imports
from app.safety.store import drop_signals_of_account
from app.sharing.erasure import forget_account as forget_sharing
from app.vault.store import drop_keys

FORGETTERS: tuple[Forget, ...] = (
    forget_journal,
    drop_signals_of_account,
    forget_sharing,
    erase_imports,
    forget_accounts,
    drop_keys,
)
"""In the order of locks: the journal's head first, as every writer takes it."""
