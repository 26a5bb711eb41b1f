"""What the journal keeps of a month for those who ask about its days, without reading it itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.journal.kinds import Headline


@dataclass(frozen=True, slots=True)
class Tabulation:
    """How the headlines of a month, in any order, become the text of its day table.

    `version` is raised when the same headlines give another text.
    """

    version: int
    text_of: Callable[[Iterable[Headline]], bytes]
