"""The sharing room as the rest of the house sees it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.accounts.mail import Mailer
from app.background import in_background
from app.clock import Clock
from app.database import Database
from app.journal.reading import Reading
from app.safety.sightings import SignalKeeper
from app.sharing.accesses import Accesses
from app.sharing.creating import Creating
from app.sharing.equipment import Equipment
from app.sharing.files import Files
from app.sharing.judge import PasscodeJudge
from app.sharing.material import Sources
from app.sharing.news import News
from app.sharing.origins import Origins
from app.sharing.readers import Readers
from app.sharing.shares import Shares
from app.sharing.sweep import Sweep
from app.throttling import Throttles
from app.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What other rooms lend: the journal's reading, what the safety rules noticed, the post.

    `wake` lets decided mail leave soon; `throttles` count who opens links. `snomed`: whether its
    codes may be used.
    """

    reading: Reading
    signals: SignalKeeper
    mailer: Mailer
    wake: Callable[[], None]
    throttles: Throttles
    snomed: bool = True


@dataclass(frozen=True, slots=True)
class Sharing:
    """All actions of this room; one object a process."""

    equipment: Equipment
    creating: Creating
    shares: Shares
    readers: Readers
    accesses: Accesses
    sweep: Sweep

    @classmethod
    def of(
        cls, database: Database, vault: Vault, clock: Clock, origins: Origins, library: Library
    ) -> "Sharing":
        """To be made while an event loop runs."""
        sources = Sources(library.reading, library.signals, snomed=library.snomed)
        equipment = Equipment(
            database=database,
            vault=vault,
            clock=clock,
            sources=sources,
            files=Files(database, vault, clock, sources),
            judge=PasscodeJudge(),
            news=News(library.mailer, library.wake),
            throttles=library.throttles,
            base=origins.links,
            viewer=origins.page,
        )
        accesses = Accesses(database, vault, clock)
        return cls(
            equipment=equipment,
            creating=Creating(equipment),
            shares=Shares(equipment),
            readers=Readers(equipment, accesses),
            accesses=accesses,
            sweep=Sweep(database, clock),
        )

    @asynccontextmanager
    async def sweeping(self) -> AsyncIterator[None]:
        """Sweep in the background while the service runs; let go of the threads at the end."""
        try:
            async with in_background(self.sweep.run()):
                yield
        finally:
            self.equipment.judge.close()
