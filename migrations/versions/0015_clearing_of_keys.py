"""The service may clear the tables of wrapped keys, where the server knows such a right."""

from collections.abc import Sequence

from migrations.row_security import forbid_clearing, let_clear

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("patient_key", "device")


def upgrade() -> None:
    """Forward."""
    for table in TABLES:
        let_clear(table)


def downgrade() -> None:
    """Back."""
    for table in TABLES:
        forbid_clearing(table)
