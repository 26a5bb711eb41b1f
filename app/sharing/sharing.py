"""The sharing room as the rest of the house sees it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

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
from app.sharing.readers import Readers
from app.sharing.shares import Shares
from app.sharing.sweep import Sweep
from app.vault import Vault

VIEWER_PATH = "/view"


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What other rooms lend: the journal's reading and what the safety rules noticed."""

    reading: Reading
    signals: SignalKeeper


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
        cls, database: Database, vault: Vault, clock: Clock, base: str, library: Library
    ) -> "Sharing":
        """`base`: the origin of links. To be made while an event loop runs."""
        sources = Sources(library.reading, library.signals)
        equipment = Equipment(
            database=database,
            vault=vault,
            clock=clock,
            sources=sources,
            files=Files(database, vault, clock, sources),
            judge=PasscodeJudge(),
            base=base,
            viewer=base + VIEWER_PATH,
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
        sweeper = asyncio.create_task(self.sweep.run())
        try:
            yield
        finally:
            sweeper.cancel()
            with suppress(asyncio.CancelledError):
                await sweeper
            self.equipment.judge.close()
