"""Sealing: the key ring, the patients' keys and the envelope. Knows neither HTTP nor features."""

from app.vault.envelope import Place, SealBroken
from app.vault.keyring import KeyRing
from app.vault.opening import Closed, opened_and_closed
from app.vault.patient_keys import NoKey, PatientKeys
from app.vault.ring_keys import KeyRingRefused
from app.vault.sealed_columns import SealedColumn, Whereabouts
from app.vault.vault import Vault

__all__ = [
    "Closed",
    "KeyRing",
    "KeyRingRefused",
    "NoKey",
    "PatientKeys",
    "Place",
    "SealBroken",
    "SealedColumn",
    "Vault",
    "Whereabouts",
    "opened_and_closed",
]
