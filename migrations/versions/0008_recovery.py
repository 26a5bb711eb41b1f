"""When an account was last recovered: for a day nothing leaves it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.add_column("account", sa.Column("recovered_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("recovered_at")
