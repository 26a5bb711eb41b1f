"""Every column of the house that holds sealed values, by the keys it is sealed under."""

from app.accounts import store_sealed as accounts
from app.journal import store_sealed as journal
from app.safety import store_sealed as safety
from app.sharing import store_sealed as sharing
from app.vault.ring_keys import Purpose
from app.vault.store import UNDER_KEK

UNDER_RING = {Purpose.KEK: (UNDER_KEK,), Purpose.SERVICE: accounts.UNDER_SERVICE}
"""Columns under a key of the ring, by its purpose."""

UNDER_PATIENT = (
    *journal.UNDER_PATIENT,
    *accounts.UNDER_PATIENT,
    *safety.UNDER_PATIENT,
    *sharing.UNDER_PATIENT,
)
"""Columns under the patients' own keys."""
