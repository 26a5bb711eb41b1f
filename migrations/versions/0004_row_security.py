"""Walls between patients: on PostgreSQL a transaction sees the rows of its own account alone."""

from collections.abc import Sequence

from alembic import op

from migrations.row_security import (
    EVERYTHING,
    SERVICE,
    add_lookup,
    bare_tables,
    drop_lookup,
    is_walled_engine,
    make_roles,
    open_to_service,
    tables_without_account,
    unwall,
    wall,
    walled_tables,
)

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

RIGHTS = {
    "audit_event": ("SELECT", "INSERT"),
    "audit_head": ("SELECT", "INSERT", "UPDATE"),
    "alembic_version": ("SELECT",),
}
SHARE = (
    ("account_id", "uuid"),
    ("id", "uuid"),
    ("kind", "varchar"),
    ("mode", "varchar"),
    ("created_at", "timestamptz"),
    ("expires_at", "timestamptz"),
    ("revoked_at", "timestamptz"),
    ("tries_left", "integer"),
    ("max_openings", "integer"),
    ("openings", "integer"),
    ("first_opened_at", "timestamptz"),
    ("last_opened_at", "timestamptz"),
    ("draft_digest", "bytea"),
    ("sealed_about", "bytea"),
    ("sealed_link", "bytea"),
)
SHARE_COLUMNS = ", ".join(f"{name} {kind}" for name, kind in SHARE)
OF_SHARE = ", ".join(f"s.{name}" for name, _ in SHARE)
USED_UP = "s.max_openings IS NOT NULL AND s.openings >= s.max_openings"
NOT_TICKETED = (
    "NOT EXISTS (SELECT FROM share_ticket t WHERE t.account_id = f.account_id"
    " AND t.share_id = f.share_id AND t.file_id = f.id AND t.expires_at > instant)"
)
LOOKUPS = (
    "lookup_access_token",
    "lookup_device",
    "lookup_account",
    "lookup_passkey",
    "lookup_share",
    "lookup_ticket",
    "lookup_dead_links",
    "lookup_old_tickets",
    "lookup_superseded_files",
    "lookup_journals",
)


def upgrade() -> None:
    """Forward."""
    if not is_walled_engine():
        return
    make_roles()
    for table in bare_tables():
        wall(table, RIGHTS.get(table, EVERYTHING))
    for table in tables_without_account(opened=False):
        open_to_service(table, RIGHTS.get(table, EVERYTHING))
    _find_who_calls()
    _find_shares()
    _find_what_is_over()
    add_lookup(
        "lookup_journals",
        "",
        "account_id uuid, epoch integer, head bigint",
        ["journal"],
        "SELECT j.account_id, j.epoch, j.head FROM journal j",
        rows=1000,
    )


def _find_who_calls() -> None:
    add_lookup(
        "lookup_access_token",
        "wanted bytea",
        "token_hash bytea, account_id uuid, device_id uuid, generation integer,"
        " expires_at timestamptz, confirmed boolean",
        ["access_token"],
        "SELECT t.token_hash, t.account_id, t.device_id, t.generation, t.expires_at, t.confirmed"
        " FROM access_token t WHERE t.token_hash = wanted",
    )
    add_lookup(
        "lookup_device",
        "wanted uuid",
        "account_id uuid",
        ["device"],
        "SELECT d.account_id FROM device d WHERE d.id = wanted",
    )
    add_lookup(
        "lookup_account",
        "wanted bytea",
        "account_id uuid, password_hash varchar, locked_at timestamptz, sealed_email bytea,"
        " passkey_required_at timestamptz",
        ["account"],
        "SELECT a.account_id, a.password_hash, a.locked_at, a.sealed_email, a.passkey_required_at"
        " FROM account a WHERE a.email_index = wanted",
    )
    add_lookup(
        "lookup_passkey",
        "wanted bytea",
        "account_id uuid, id uuid, credential_id bytea, public_key bytea, sign_count bigint,"
        " sealed_name bytea, created_at timestamptz, used_at timestamptz",
        ["passkey"],
        "SELECT p.account_id, p.id, p.credential_id, p.public_key, p.sign_count, p.sealed_name,"
        " p.created_at, p.used_at FROM passkey p WHERE p.credential_id = wanted",
    )


def _find_shares() -> None:
    add_lookup(
        "lookup_share",
        "wanted bytea",
        SHARE_COLUMNS,
        ["share"],
        f"SELECT {OF_SHARE} FROM share s WHERE s.token_hash = wanted",
    )
    add_lookup(
        "lookup_ticket",
        "wanted bytea, instant timestamptz",
        f"file_id uuid, until timestamptz, {SHARE_COLUMNS}",
        ["share_ticket", "share_file", "share"],
        f"SELECT f.id, t.expires_at, {OF_SHARE} FROM share_ticket t"
        " JOIN share_file f ON f.account_id = t.account_id AND f.share_id = t.share_id"
        " AND f.id = t.file_id"
        " JOIN share s ON s.account_id = t.account_id AND s.id = t.share_id"
        " WHERE t.ticket_hash = wanted AND t.expires_at > instant",
    )


def _find_what_is_over() -> None:
    add_lookup(
        "lookup_dead_links",
        "instant timestamptz, before timestamptz, most integer",
        "account_id uuid, id uuid",
        ["share"],
        "SELECT s.account_id, s.id FROM share s WHERE s.sealed_link IS NOT NULL"
        " AND (s.expires_at <= instant OR (s.tries_left <= 0 AND s.tried_at <= before)"
        f" OR ({USED_UP} AND s.last_opened_at <= before)) LIMIT most",
        rows=200,
    )
    add_lookup(
        "lookup_old_tickets",
        "instant timestamptz",
        "account_id uuid",
        ["share_ticket"],
        "SELECT DISTINCT t.account_id FROM share_ticket t WHERE t.expires_at <= instant",
        rows=200,
    )
    add_lookup(
        "lookup_superseded_files",
        "instant timestamptz, most integer",
        "account_id uuid, share_id uuid, id uuid",
        ["share_file", "share_ticket"],
        "SELECT f.account_id, f.share_id, f.id FROM share_file f WHERE EXISTS (SELECT FROM"
        " share_file newer WHERE newer.account_id = f.account_id AND newer.share_id = f.share_id"
        f" AND newer.created_at > f.created_at) AND {NOT_TICKETED} LIMIT most",
        rows=200,
    )


def downgrade() -> None:
    """Back."""
    if not is_walled_engine():
        return
    for lookup in LOOKUPS:
        drop_lookup(lookup)
    for table in walled_tables():
        unwall(table)
    for table in tables_without_account(opened=True):
        op.execute(f"REVOKE ALL ON {table} FROM {SERVICE}")
