"""Caveats and remarks as letters beside their numbers, each explained once at the foot."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from string import ascii_lowercase

from app.trends.caveats import in_order
from app.trends.report.wording import CAVEATS, REMARKS, Remark
from app.trends.schemas.envelope import Caveat


@dataclass(frozen=True, slots=True)
class Footnote:
    """A letter and what it stands for."""

    mark: str
    text: str


class Footnotes:
    """The caveats and remarks of one page, lettered as they are first met."""

    def __init__(self) -> None:
        """An empty list; the sections of a page add to it from top to bottom."""
        self._letters: dict[str, str] = {}

    def marks(self, *caveats: Iterable[Caveat], remarks: Iterable[Remark] = ()) -> str:
        """The letters of these, caveats first where they are new: `ac`; empty without any."""
        found = [CAVEATS[caveat] for caveat in in_order(chain(*caveats))]
        found += [REMARKS[remark] for remark in remarks]
        for text in found:
            self._letters.setdefault(text, ascii_lowercase[len(self._letters)])
        return "".join(sorted(self._letters[text] for text in found))

    def listed(self) -> list[Footnote]:
        """All that were met, by letter."""
        return [Footnote(letter, text) for text, letter in self._letters.items()]
