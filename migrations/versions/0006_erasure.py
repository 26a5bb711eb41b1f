"""Chains that nobody can change and erasure closes, mails found by address, and leases."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.row_security import open_to_service

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

REFUSED = "audit events are never changed nor removed"
REFUSE_CHANGE = f"""
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
REFUSE_ROWS = """
CREATE TRIGGER audit_event_stays BEFORE UPDATE OR DELETE ON audit_event
FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()
"""
REFUSE_TRUNCATE = """
CREATE TRIGGER audit_event_is_not_emptied BEFORE TRUNCATE ON audit_event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
"""


def upgrade() -> None:
    """Forward."""
    op.add_column("outbox", sa.Column("email_index", sa.LargeBinary(), nullable=True))
    op.add_column(
        "audit_head",
        sa.Column("closed", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("lease_pk")),
    )
    open_to_service("lease")
    if op.get_bind().dialect.name == "postgresql":
        for statement in (REFUSE_CHANGE, REFUSE_ROWS, REFUSE_TRUNCATE):
            op.execute(statement)
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_event_no_{change.lower()} BEFORE {change} ON audit_event "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )


def downgrade() -> None:
    """Back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_event_is_not_emptied ON audit_event")
        op.execute("DROP TRIGGER audit_event_stays ON audit_event")
        op.execute("DROP FUNCTION refuse_audit_change()")
    else:
        op.execute("DROP TRIGGER audit_event_no_update")
        op.execute("DROP TRIGGER audit_event_no_delete")
    op.drop_table("lease")
    with op.batch_alter_table("audit_head", schema=None) as batch_op:
        batch_op.drop_column("closed")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_column("email_index")
