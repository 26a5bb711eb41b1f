"""A write, as a review sees it."""

from typing import NamedTuple

from app.journal.kinds import Payload


class Write(NamedTuple):
    """One entry that was written: `before` is None when it is new, `after` when it is deleted.

    `returned` tells of a new one that it was there before and was lost.
    """

    entry_id: str
    before: Payload | None
    after: Payload | None
    returned: bool = False
