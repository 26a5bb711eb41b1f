"""Where shares keep sealed values."""

from app.database import table_of
from app.sharing.tables import ShareAccessRow, ShareRow
from app.vault import SealedColumn, Whereabouts

SHARE = table_of(ShareRow)
ACCESS = table_of(ShareAccessRow)

UNDER_PATIENT = (
    SealedColumn(SHARE.c.sealed_about, Whereabouts("share", "about", (SHARE.c.id,))),
    SealedColumn(SHARE.c.sealed_link, Whereabouts("share", "link", (SHARE.c.id,))),
    SealedColumn(
        ACCESS.c.sealed_recipient,
        Whereabouts("share_access", "recipient", (ACCESS.c.share_id, ACCESS.c.id)),
    ),
)
