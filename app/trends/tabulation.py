"""The day tables that the journal keeps for the trends."""

from collections.abc import Iterable

from app.journal.kinds import Headline
from app.journal.tabulation import Tabulation
from app.trends.series import JournalDays


def tabulated(headlines: Iterable[Headline]) -> bytes:
    """The day table of a month's headlines."""
    return JournalDays(headlines).table()


TABULATION = Tabulation(version=2, text_of=tabulated)
