"""Caveats as letters beside the numbers they belong to, each explained once at the foot."""

from collections.abc import Iterable
from dataclasses import dataclass
from string import ascii_lowercase

from app.trends.caveats import in_order
from app.trends.report.wording import CAVEATS
from app.trends.schemas.envelope import Caveat


@dataclass(frozen=True, slots=True)
class Footnote:
    """A letter and what it stands for."""

    mark: str
    text: str


class Footnotes:
    """The caveats of one page, lettered as they are first met."""

    def __init__(self) -> None:
        """An empty list; the sections of a page add to it from top to bottom."""
        self._letters: dict[Caveat, str] = {}

    def marks(self, *caveats: Iterable[Caveat]) -> str:
        """The letters of these caveats: `ac`; empty without any."""
        found = in_order(caveat for each in caveats for caveat in each)
        for caveat in found:
            self._letters.setdefault(caveat, ascii_lowercase[len(self._letters)])
        return "".join(sorted(self._letters[caveat] for caveat in found))

    def listed(self) -> list[Footnote]:
        """All that were met, by letter."""
        return [Footnote(letter, CAVEATS[caveat]) for caveat, letter in self._letters.items()]
