"""Which entries each import made, so that it can be undone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.row_security import wall

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "import",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("diary", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("import_pk")),
    )
    op.create_table(
        "imported_entry",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id", "import_id", "entry_id", name=op.f("imported_entry_pk")
        ),
    )
    op.create_index("imported_entry_by_origin", "imported_entry", ["account_id", "origin_id"])
    for table in ("import", "imported_entry"):
        wall(table)


def downgrade() -> None:
    """Back."""
    op.drop_table("imported_entry")
    op.drop_table("import")
