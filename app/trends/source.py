"""What the trends ask of the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from app.journal.kinds import Headline
from app.journal.months import Months
from app.journal.scope import Scope
from app.trends.day_tables import NO_TABLES, DayTables


@dataclass(frozen=True, slots=True)
class JournalState:
    """What validates an answer, known before any entry is opened.

    `latest_local_date` is that of the live entries of the scope, appointments left out; None
    without any.
    """

    epoch: int
    head: int
    profile_revision: int
    time_zone: str
    latest_local_date: date | None


class Seen(NamedTuple):
    """The headlines, and the (epoch, head) that none of them is older than, where that is known.

    `tables` are of the months that have no headlines here.
    """

    state: tuple[int, int] | None
    headlines: Sequence[Headline]
    tables: DayTables = NO_TABLES


class HeadlineSource(Protocol):
    """Opens what a scope allows."""

    async def journal_state(self, scope: Scope) -> JournalState:
        """One cheap read."""
        ...

    async def headlines(self, scope: Scope, first: date | None, last: date | None) -> Seen:
        """What trends need of each entry on the local dates `first` … `last`, None for no bound."""
        ...

    async def days(
        self, scope: Scope, first: date, last: date, begun: Months | None = None
    ) -> Seen:
        """The same where day tables suffice, which tell of all kinds whatever the scope names.

        `begun`: what was found of these dates with the state.
        """
        ...
