"""Where signals keep sealed values."""

from app.database import table_of
from app.safety.tables import SignalRow
from app.vault import SealedColumn, Whereabouts

SIGNAL = table_of(SignalRow)

UNDER_PATIENT = (
    SealedColumn(
        SIGNAL.c.sealed, Whereabouts("signal", "content", (SIGNAL.c.id,), SIGNAL.c.revision)
    ),
)
