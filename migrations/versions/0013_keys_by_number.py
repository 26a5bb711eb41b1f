"""The numbers of keys in use, without a look at each row that is under them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from migrations.row_security import add_lookup, drop_lookup

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PATIENTS = "substr(wrapped, 2, 4)"
DEVICES = "substr(sealed_secret, 2, 4)"
EVERY_ROW = f"SELECT {PATIENTS} FROM patient_key UNION SELECT {DEVICES} FROM device"


def upgrade() -> None:
    """Forward."""
    op.create_index("patient_key_by_number", "patient_key", [sa.text(PATIENTS)])
    op.create_index("device_by_number", "device", [sa.text(DEVICES)])
    drop_lookup("lookup_keys_in_use")
    _add(
        f"WITH RECURSIVE {_numbers('kek', PATIENTS, 'patient_key')},"
        f" {_numbers('secret', DEVICES, 'device')}"
        " SELECT f.one FROM kek f WHERE f.one IS NOT NULL"
        " UNION SELECT f.one FROM secret f WHERE f.one IS NOT NULL"
    )


def downgrade() -> None:
    """Back."""
    drop_lookup("lookup_keys_in_use")
    _add(EVERY_ROW)
    op.drop_index("device_by_number", "device")
    op.drop_index("patient_key_by_number", "patient_key")


def _add(select: str) -> None:
    add_lookup("lookup_keys_in_use", "", "number bytea", ["patient_key", "device"], select, rows=4)


def _numbers(name: str, number: str, table: str) -> str:
    """Each number once, from one to the next by the index."""
    first = f"SELECT {number} FROM {table} ORDER BY {number} LIMIT 1"
    after = f"SELECT {number} FROM {table} WHERE {number} > f.one ORDER BY {number} LIMIT 1"
    return (
        f"{name} (one) AS (SELECT ({first}) UNION ALL"
        f" SELECT ({after}) FROM {name} f WHERE f.one IS NOT NULL)"
    )
