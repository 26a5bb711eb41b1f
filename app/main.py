"""From settings to a running application: wiring and nothing else."""

import gc
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI

from app.accounts.accounts import Accounts, equip
from app.accounts.hashing import Hasher
from app.accounts.routes import router as accounts_router
from app.clock import Clock, system_clock
from app.contract import DESCRIPTION, TAGS, TITLE, VERSION
from app.database import Database, DatabaseOverloaded, DatabaseUnavailable, open_database
from app.database.migrate import newest_revision
from app.health import Health
from app.health import router as health_router
from app.help import help_of
from app.journal.journal import Journal
from app.journal.routes import router as journal_router
from app.journal.store import make_journal
from app.journal.sync_routes import router as sync_router
from app.safety.keeper import Signals
from app.safety.routes import router as safety_router
from app.settings import Settings
from app.sharing.reader_routes import router as reader_router
from app.sharing.routes import router as sharing_router
from app.sharing.sharing import Library, Sharing
from app.sharing.viewer_page import ViewerPage
from app.sharing.viewer_page import router as viewer_router
from app.trends.journal_source import JournalSource
from app.trends.report.service import Reports
from app.trends.report_routes import router as report_router
from app.trends.routes import router as trends_router
from app.trends.service import Trends
from app.vault import KeyRing, KeyRingRefused, Vault
from app.vault.keyring import make_ring_file
from app.web.access_log import Observer, access_log
from app.web.identity import Authenticator
from app.web.logs import DayMarks, EventLog
from app.web.problems import Overloaded, Unavailable
from app.web.shape import ShellSettings, build_shell

ROUTERS = (
    health_router,
    accounts_router,
    journal_router,
    sync_router,
    trends_router,
    report_router,
    safety_router,
    sharing_router,
    reader_router,
    viewer_router,
)
COLLECTIONS = (20_000, 50, 100)
"""Thresholds of the garbage collector: answers make many objects that die at once."""


def create_app(settings: Settings, clock: Clock = system_clock, *, log: bool = False) -> FastAPI:
    """The application; it opens its database when its lifespan begins.

    Raises KeyRingRefused when the key ring is missing or not fit to be used.
    """
    ring = ring_of(settings)
    shell = ShellSettings(
        description=DESCRIPTION,
        tags=TAGS,
        cors_origins=settings.cors_origins,
        reader_prefixes=("/shl/",),
        known_faults={DatabaseOverloaded: Overloaded, DatabaseUnavailable: Unavailable},
        observers=_observers(ring, clock) if log else (),
        trusted_proxies=settings.trusted_proxies,
        https_only=settings.environment == "production",
        serve_openapi=settings.environment != "production",
    )
    return build_shell(
        TITLE, VERSION, ROUTERS, {}, shell, lifespan=_lifespan(settings, ring, clock)
    )


def from_environment() -> FastAPI:
    """The application of `afterglow serve`, for each of its processes."""
    return create_app(Settings(), log=True)


def ring_of(settings: Settings) -> KeyRing:
    """The key ring the settings name; outside production the first run makes its file.

    Raises KeyRingRefused.
    """
    if settings.keys:
        return KeyRing.from_text(settings.keys)
    if not settings.keys_file.exists():
        if settings.environment == "production":
            raise KeyRingRefused("there is no key ring; in production none is made silently")
        make_ring_file(settings.keys_file)
    return KeyRing.from_file(settings.keys_file)


def _observers(ring: KeyRing, clock: Clock) -> tuple[Observer, ...]:
    return (access_log(EventLog(clock=clock), DayMarks(ring.derived("log"), clock)),)


def _lifespan(
    settings: Settings, ring: KeyRing, clock: Clock
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Opens what needs a running event loop, and closes it again."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = await open_database(settings.database_url)
        hasher = Hasher()
        try:
            vault = Vault(ring, clock)
            accounts = _accounts(database, vault, settings, clock, hasher)
            provided = _provided(database, vault, settings, clock, accounts)
            app.state.provided.update(provided)
            sharing: Sharing = app.state.provided[Sharing]
            app.state.settle = accounts.outbox.send_due
            gc.freeze()
            gc.set_threshold(*COLLECTIONS)
            async with accounts.sending_mail(), sharing.sweeping():
                yield
        finally:
            hasher.close()
            await database.close()

    return lifespan


def _accounts(
    database: Database, vault: Vault, settings: Settings, clock: Clock, hasher: Hasher
) -> Accounts:
    return Accounts.of(equip(database, vault, settings, clock, hasher), [make_journal])


def _provided(
    database: Database, vault: Vault, settings: Settings, clock: Clock, accounts: Accounts
) -> Mapping[type, object]:
    """What routes ask for, by its type."""
    signals = Signals(database, vault, clock, help_of)
    journal = Journal(database, vault, clock, signals)
    source = JournalSource(database, vault, journal.reading, clock)
    library = Library(reading=journal.reading, signals=signals)
    return {
        Accounts: accounts,
        Authenticator: accounts.authenticator,
        Health: Health(database, newest_revision()),
        Journal: journal,
        Reports: Reports(source, clock),
        Sharing: Sharing.of(database, vault, clock, settings.public_url, library),
        Signals: signals,
        Trends: Trends(source, clock),
        ViewerPage: ViewerPage(settings.public_url),
    }
