"""How often somebody asked: one row a bucket and subject, without saying whose."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.row_security import open_to_service

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "throttle_bucket",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("tat", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("throttle_bucket_pk")),
    )
    open_to_service("throttle_bucket")


def downgrade() -> None:
    """Back."""
    op.drop_table("throttle_bucket")
