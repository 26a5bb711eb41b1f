"""The mark of a restore that is not over, which keeps the service from being ready."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.row_security import open_to_service

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "restoration",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("restoration_pk")),
    )
    open_to_service("restoration", ("SELECT",))


def downgrade() -> None:
    """Back."""
    op.drop_table("restoration")
