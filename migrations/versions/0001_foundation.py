"""The journal, accounts, keys, audit, signals and shares."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "access_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("access_token_pk")),
    )
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.create_index("access_token_by_device", ["account_id", "device_id"], unique=False)

    op.create_table(
        "account",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_email", sa.LargeBinary(), nullable=False),
        sa.Column("password_hash", sa.String(256), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", name=op.f("account_pk")),
        sa.UniqueConstraint("email_index", name=op.f("account_by_email_index")),
    )
    op.create_table(
        "audit_event",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("object_kind", sa.String(32), nullable=False),
        sa.Column("object_id", sa.String(64), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "seq", name=op.f("audit_event_pk")),
    )
    op.create_table(
        "audit_head",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("audit_head_pk")),
    )
    op.create_table(
        "device",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed_about", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("access_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step_up_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device_public_key", sa.LargeBinary(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("device_pk")),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index("device_by_id", ["id"], unique=False)

    op.create_table(
        "entry",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("local_date", sa.Date(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("device_id", sa.String(64), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("entry_pk")),
        sa.UniqueConstraint("account_id", "revision", name="entry_feed"),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index("entry_by_day", ["account_id", "local_date"], unique=False)
        batch_op.create_index("entry_by_time", ["account_id", "occurred_at", "id"], unique=False)

    op.create_table(
        "entry_version",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.String(64), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id", "entry_id", "revision", name=op.f("entry_version_pk")
        ),
    )
    with op.batch_alter_table("entry_version", schema=None) as batch_op:
        batch_op.create_index(
            "entry_version_by_device",
            ["account_id", "entry_id", "device_id", "revision"],
            unique=False,
        )

    op.create_table(
        "journal",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("journal_pk")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("outbox_pk")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("outbox_by_next_try", ["next_try_at"], unique=False)

    op.create_table(
        "patient_key",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "version", name=op.f("patient_key_pk")),
    )
    op.create_table(
        "pending_code",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.String(256), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pending_code_pk")),
        sa.UniqueConstraint("purpose", "email_index", name="pending_code_by_address"),
    )
    op.create_table(
        "profile",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("profile_pk")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name=op.f("recovery_code_pk")),
    )
    op.create_table(
        "share",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("max_openings", sa.Integer(), nullable=True),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("first_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_minute", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_in_minute", sa.Integer(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("draft_digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_about", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_link", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("share_pk")),
        sa.UniqueConstraint("token_hash", name=op.f("share_by_token_hash")),
    )
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.create_index(
            "share_by_expiry",
            ["expires_at"],
            unique=False,
            postgresql_where=sa.text("sealed_link IS NOT NULL"),
            sqlite_where=sa.text("sealed_link IS NOT NULL"),
        )
        batch_op.create_index("share_by_time", ["account_id", "created_at", "id"], unique=False)

    op.create_table(
        "share_access",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("share_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("via", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=True),
        sa.Column("sealed_recipient", sa.LargeBinary(), nullable=True),
        sa.Column("client", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "share_id", "id", name=op.f("share_access_pk")),
    )
    with op.batch_alter_table("share_access", schema=None) as batch_op:
        batch_op.create_index(
            "share_access_by_time", ["account_id", "share_id", "at", "id"], unique=False
        )

    op.create_table(
        "share_file",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("share_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jwe", sa.LargeBinary(), nullable=False),
        sa.Column("content_stamp", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "share_id", "id", name=op.f("share_file_pk")),
    )
    op.create_table(
        "share_ticket",
        sa.Column("ticket_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("share_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ticket_hash", name=op.f("share_ticket_pk")),
    )
    with op.batch_alter_table("share_ticket", schema=None) as batch_op:
        batch_op.create_index("share_ticket_by_share", ["account_id", "share_id"], unique=False)

    op.create_table(
        "signal",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("signal_pk")),
    )
    with op.batch_alter_table("signal", schema=None) as batch_op:
        batch_op.create_index("signal_by_entry", ["account_id", "entry_id"], unique=False)
        batch_op.create_index("signal_by_time", ["account_id", "created_at", "id"], unique=False)


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("signal", schema=None) as batch_op:
        batch_op.drop_index("signal_by_time")
        batch_op.drop_index("signal_by_entry")

    op.drop_table("signal")
    with op.batch_alter_table("share_ticket", schema=None) as batch_op:
        batch_op.drop_index("share_ticket_by_share")

    op.drop_table("share_ticket")
    op.drop_table("share_file")
    with op.batch_alter_table("share_access", schema=None) as batch_op:
        batch_op.drop_index("share_access_by_time")

    op.drop_table("share_access")
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.drop_index("share_by_time")
        batch_op.drop_index(
            "share_by_expiry",
            postgresql_where=sa.text("sealed_link IS NOT NULL"),
            sqlite_where=sa.text("sealed_link IS NOT NULL"),
        )

    op.drop_table("share")
    op.drop_table("recovery_code")
    op.drop_table("profile")
    op.drop_table("pending_code")
    op.drop_table("patient_key")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("outbox_by_next_try")

    op.drop_table("outbox")
    op.drop_table("journal")
    with op.batch_alter_table("entry_version", schema=None) as batch_op:
        batch_op.drop_index("entry_version_by_device")

    op.drop_table("entry_version")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index("entry_by_time")
        batch_op.drop_index("entry_by_day")

    op.drop_table("entry")
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_index("device_by_id")

    op.drop_table("device")
    op.drop_table("audit_head")
    op.drop_table("audit_event")
    op.drop_table("account")
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.drop_index("access_token_by_device")

    op.drop_table("access_token")
