"""Everything that can stand in a patient's audit chain, by the codes that apps show."""

from typing import Literal

from typing_extensions import TypeAliasType

AuditAction = TypeAliasType(
    "AuditAction",
    Literal[
        "account.created",
        "account.erased",
        "account.exported",
        "account.locked",
        "account.recovered",
        "account.unlocked",
        "device.expired",
        "device.others_revoked",
        "device.replaced_oldest",
        "device.revoked",
        "device.signed_in",
        "entry.changed",
        "entry.created",
        "entry.deleted",
        "journal.import_undone",
        "journal.imported",
        "journal.pushed",
        "journal.restored",
        "key.rotated",
        "passkey.added",
        "passkey.added_and_required",
        "passkey.counter_back",
        "passkey.deleted",
        "passkey_required",
        "profile.changed",
        "recovery",
        "refresh_replayed",
        "report.made",
        "share.all_revoked",
        "share.created",
        "share.locked",
        "share.opened",
        "share.passcode_wrong",
        "share.read_back",
        "share.refused",
        "share.revoked",
        "sign_in",
        "signal.answered",
        "step_up",
    ],
)
"""What was done. A code that was ever written stays here: chains are kept for good."""

ActorKind = Literal["device", "reader", "operator", "service"]
ShownKind = Literal[
    "account",
    "device",
    "entry",
    "export",
    "passkey",
    "patient_key",
    "profile",
    "report",
    "share",
    "signal",
]
ObjectKind = ShownKind | Literal["entries"]
"""`entries` have a number in place of an id. Patients see an `entry` with a count."""

Outcome = Literal["done", "refused"]

LAST: AuditAction = "account.erased"
"""Closes the chain."""
