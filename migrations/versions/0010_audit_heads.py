"""Where all audit chains end, for the daily root."""

from collections.abc import Sequence

from migrations.row_security import add_lookup, drop_lookup

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Forward."""
    add_lookup(
        "lookup_audit_heads",
        "past uuid, most integer",
        "account_id uuid, seq integer, hash bytea",
        ["audit_head"],
        "SELECT h.account_id, h.seq, h.hash FROM audit_head h WHERE h.account_id > past"
        " ORDER BY h.account_id LIMIT most",
        rows=500,
    )


def downgrade() -> None:
    """Back."""
    drop_lookup("lookup_audit_heads")
