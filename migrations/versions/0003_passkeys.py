"""Passkeys, the demand for one, and proofs that were used."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.add_column(
        "account", sa.Column("passkey_required_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_table(
        "passkey",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("passkey_pk")),
        sa.UniqueConstraint("credential_id", name=op.f("passkey_by_credential_id")),
    )
    op.create_table(
        "spent_proof",
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("spent_proof_pk")),
    )
    with op.batch_alter_table("spent_proof", schema=None) as batch_op:
        batch_op.create_index("spent_proof_by_end", ["ends_at"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_table("spent_proof")
    op.drop_table("passkey")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("passkey_required_at")
