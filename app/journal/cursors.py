"""The sync cursor: epoch and revision in one integer that every JSON reader keeps whole."""

EPOCH_STEP = 2**40
MOST_CURSOR = 2**53 - 1


def cursor_of(epoch: int, revision: int) -> int:
    """Where a reader stands: `epoch * 2^40 + revision`."""
    return epoch * EPOCH_STEP + revision


def since(cursor: int, epoch: int, head: int) -> int | None:
    """The revision a valid cursor stands at; None when the reader must begin anew.

    0 is the beginning. Any other is valid when its epoch is the journal's and its revision
    is not beyond `head`.
    """
    if cursor == 0:
        return 0
    at_epoch, revision = divmod(cursor, EPOCH_STEP)
    return revision if at_epoch == epoch and revision <= head else None
