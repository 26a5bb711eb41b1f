"""What the days of each month amount to, kept sealed beside the digests."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.row_security import wall

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "day_table",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "month", name=op.f("day_table_pk")),
    )
    wall("day_table")


def downgrade() -> None:
    """Back."""
    op.drop_table("day_table")
