"""Where accounts keep sealed values."""

from app.accounts.tables import (
    AccountRow,
    DeviceRow,
    OutboxRow,
    PasskeyRow,
    PendingCodeRow,
    ProfileRow,
)
from app.database import table_of
from app.vault import SealedColumn, Whereabouts

ACCOUNT = table_of(AccountRow)
PROFILE = table_of(ProfileRow)
DEVICE = table_of(DeviceRow)
PASSKEY = table_of(PasskeyRow)
OUTBOX = table_of(OutboxRow)
CODE = table_of(PendingCodeRow)

UNDER_PATIENT = (
    SealedColumn(
        PROFILE.c.sealed,
        Whereabouts("profile", "content", (PROFILE.c.account_id,), PROFILE.c.revision),
    ),
    SealedColumn(ACCOUNT.c.sealed_email, Whereabouts("account", "email", (ACCOUNT.c.account_id,))),
    SealedColumn(DEVICE.c.sealed_about, Whereabouts("device", "about", (DEVICE.c.id,))),
    SealedColumn(PASSKEY.c.sealed_name, Whereabouts("passkey", "name", (PASSKEY.c.id,))),
)
UNDER_SERVICE = (
    SealedColumn(DEVICE.c.sealed_secret, Whereabouts("device", "secret", (DEVICE.c.id,))),
    SealedColumn(OUTBOX.c.sealed, Whereabouts("outbox", "mail", (OUTBOX.c.id,))),
    SealedColumn(CODE.c.sealed, Whereabouts("pending_code", CODE.c.purpose, (CODE.c.request_id,))),
)
