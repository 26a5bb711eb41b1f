"""The mark of a restore keeps how often its backup was restored, for the run that goes on."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.add_column(
        "restoration",
        # A server from before names no such column.
        sa.Column("times", sa.Integer(), nullable=False, server_default=sa.text("1")),
    )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("restoration", schema=None) as batch_op:
        batch_op.drop_column("times")
