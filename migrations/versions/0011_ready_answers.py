"""Finished answers of the trends, kept sealed beside the digests."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.row_security import wall

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "ready_answer",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(43), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("profile_revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "question", name=op.f("ready_answer_pk")),
    )
    wall("ready_answer")


def downgrade() -> None:
    """Back."""
    op.drop_table("ready_answer")
