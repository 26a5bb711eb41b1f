"""Which keys of the ring rows are under, for readiness."""

from collections.abc import Sequence

from migrations.row_security import add_lookup, drop_lookup

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    add_lookup(
        "lookup_keys_in_use",
        "",
        "number bytea",
        ["patient_key", "device"],
        "SELECT substr(k.wrapped, 2, 4) FROM patient_key k"
        " UNION SELECT substr(d.sealed_secret, 2, 4) FROM device d",
        rows=4,
    )


def downgrade() -> None:
    """Back."""
    drop_lookup("lookup_keys_in_use")
