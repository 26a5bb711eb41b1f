"""Every statement that reads a whole journal, for streaming: never all of it in memory."""

from sqlalchemy import and_, bindparam, or_, select

from app.database import table_of
from app.journal.store import ENTRY_COLUMNS, IS_LIVE
from app.journal.tables import EntryRow, EntryVersionRow

ENTRY = table_of(EntryRow)
VERSION = table_of(EntryVersionRow)
OF_ACCOUNT = ENTRY.c.account_id == bindparam("account")
IN_TIME = (ENTRY.c.occurred_at, ENTRY.c.id)
LIVE = select(*ENTRY_COLUMNS).where(OF_ACCOUNT, IS_LIVE).order_by(*IN_TIME)
NO_KIND = ENTRY.c.kind.is_(None)
"""Which a deleted entry has, though other columns in clear may say otherwise."""

OF_KIND = LIVE.where(or_(NO_KIND, ENTRY.c.kind == bindparam("kind")))
OF_OTHER_KINDS = LIVE.where(or_(NO_KIND, ENTRY.c.kind != bindparam("kind")))
TOMBSTONES = select(*ENTRY_COLUMNS).where(OF_ACCOUNT, ~IS_LIVE).order_by(ENTRY.c.revision)
SUPERSEDED = (
    select(
        VERSION.c.entry_id,
        VERSION.c.revision,
        VERSION.c.device_id,
        VERSION.c.sealed,
        VERSION.c.created_at,
        ENTRY.c.created_at,
    )
    .join(
        ENTRY,
        and_(ENTRY.c.account_id == VERSION.c.account_id, ENTRY.c.id == VERSION.c.entry_id),
    )
    .where(
        VERSION.c.account_id == bindparam("account"),
        or_(VERSION.c.deleted.is_(False), VERSION.c.sealed.is_not(None)),
        VERSION.c.revision < ENTRY.c.revision,
    )
    .order_by(VERSION.c.entry_id, VERSION.c.revision)
)
