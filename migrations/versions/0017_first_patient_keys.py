"""The first patients' keys, by which a server sees whether a ring is the one they are under."""

from collections.abc import Sequence

from migrations.row_security import add_lookup, drop_lookup

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    add_lookup(
        "lookup_first_patient_keys",
        "",
        "account_id uuid, version integer, wrapped bytea",
        ["patient_key"],
        "SELECT k.account_id, k.version, k.wrapped FROM patient_key k"
        " ORDER BY k.account_id, k.version LIMIT 20",
        rows=20,
    )


def downgrade() -> None:
    """Back."""
    drop_lookup("lookup_first_patient_keys")
