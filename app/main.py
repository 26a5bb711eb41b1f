"""From settings to a running application: wiring and nothing else."""

import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager as AsyncContextManager
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from functools import partial

from fastapi import FastAPI

from app.accounts.accounts import Accounts, equip
from app.accounts.codes import forget_ended_codes
from app.accounts.hashing import TIME_COST, Hasher
from app.accounts.passkeys.routes import router as passkeys_router
from app.accounts.recovery_routes import router as recovery_router
from app.accounts.routes import router as accounts_router
from app.allocator import keep_little
from app.audit.anchoring import Anchoring
from app.audit.duty import DailyDuty
from app.audit.routes import router as audit_router
from app.audit.trail import Trail
from app.clock import Clock, system_clock
from app.contract import DESCRIPTION, TAGS, TITLE, VERSION
from app.database import Database, DatabaseOverloaded, DatabaseUnavailable, WholeDatabase
from app.database.revision import newest_revision
from app.gauges import show_gauges
from app.health import Health
from app.health import router as health_router
from app.help import help_of
from app.journal.journal import Journal
from app.journal.reading_routes import router as reading_router
from app.journal.routes import router as journal_router
from app.journal.store import lock_journal, make_journal
from app.journal.sync_routes import router as sync_router
from app.journal.write import Writer
from app.keeping.clearing import clear_keys
from app.keeping.erasing import erasure_of
from app.keeping.needed_keys import NeededKeys
from app.portability.erasure import Erasure
from app.portability.erasure_routes import router as erasure_router
from app.portability.exporting import Exports
from app.portability.import_routes import router as import_router
from app.portability.importing import Imports
from app.portability.routes import router as export_router
from app.replicas import open_databases
from app.running import Surroundings
from app.safety.keeper import Signals
from app.safety.routes import router as safety_router
from app.settings import Settings
from app.sharing.origins import Origins
from app.sharing.reader_routes import router as reader_router
from app.sharing.routes import router as sharing_router
from app.sharing.sharing import Library, Sharing
from app.sharing.viewer_page import ViewerPage
from app.sharing.viewer_page import router as viewer_router
from app.throttling import Throttles
from app.trends.journal_source import JournalSource
from app.trends.keeper import AnswerKeeper
from app.trends.ready import ReadyAnswers
from app.trends.report.recorded import recorded_in
from app.trends.report.service import Reports
from app.trends.report_routes import router as report_router
from app.trends.routes import router as trends_router
from app.trends.service import Trends
from app.trends.tabulation import TABULATION
from app.vault import KeyRing, KeyRingRefused, Vault
from app.vault.keyring import make_ring_file
from app.web.identity import Authenticator
from app.web.logs import EventLog, capture_libraries
from app.web.problems import Overloaded, Unavailable
from app.web.shape import ShellSettings, build_shell

ROUTERS = (
    health_router,
    accounts_router,
    audit_router,
    recovery_router,
    passkeys_router,
    journal_router,
    reading_router,
    sync_router,
    trends_router,
    report_router,
    safety_router,
    sharing_router,
    reader_router,
    viewer_router,
    export_router,
    erasure_router,
    import_router,
)


def create_app(settings: Settings, clock: Clock = system_clock, *, log: bool = False) -> FastAPI:
    """The application; it opens its database when its lifespan begins.

    Raises KeyRingRefused when the key ring is missing or not fit to be used.
    """
    ring = ring_of(settings)
    surroundings = Surroundings(settings, ring, clock) if log else None
    shell = ShellSettings(
        description=DESCRIPTION,
        tags=TAGS,
        cors_origins=settings.cors_origins,
        reader_prefixes=("/shl/",),
        known_faults={DatabaseOverloaded: Overloaded, DatabaseUnavailable: Unavailable},
        observers=surroundings.observers() if surroundings else (),
        trusted_proxies=settings.trusted_proxies,
        https_only=settings.environment == "production",
        serve_docs=settings.serves_docs,
    )
    lifespan = _lifespan(settings, ring, clock, surroundings)
    return build_shell(TITLE, VERSION, ROUTERS, {}, shell, lifespan=lifespan)


def from_environment() -> FastAPI:
    """The application of `afterglow serve`, for each of its processes."""
    keep_little()
    capture_libraries(EventLog(worker=os.getpid()))
    return create_app(Settings(), log=True)


def ring_of(settings: Settings) -> KeyRing:
    """The key ring the settings name; outside production the first run makes its file.

    Raises KeyRingRefused.
    """
    if settings.keys:
        return KeyRing.from_text(settings.keys)
    if not settings.keys_file.exists():
        if settings.environment == "production":
            raise KeyRingRefused(
                "there is no key ring where AFTERGLOW_KEYS_FILE says, and in production none is "
                "made silently: put its copy there, or make the first by `afterglow keys make`"
            )
        make_ring_file(settings.keys_file)
    return KeyRing.from_file(settings.keys_file)


def _lifespan(
    settings: Settings, ring: KeyRing, clock: Clock, surroundings: Surroundings | None
) -> Callable[[FastAPI], AsyncContextManager[None]]:
    """Opens what needs a running event loop, and closes it again."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        vault = Vault(ring, clock)
        database = await open_databases(settings, vault)
        hasher = Hasher(settings.hash_passes or TIME_COST)
        try:
            accounts = _accounts(database, vault, settings, clock, hasher)
            app.state.provided.update(_provided(database, vault, settings, clock, accounts))
            app.state.settle = accounts.outbox.send_due
            health: Health = app.state.provided[Health]
            show_gauges(database, hasher, accounts.outbox)
            around = surroundings.around(health.stop) if surroundings else nullcontext()
            await app.state.provided[Erasure].is_replayed()
            gc.freeze()
            anchoring = Anchoring(database, clock, ring, settings.audit_roots)
            codes = partial(forget_ended_codes, database, clock)
            daily = (
                DailyDuty(database, clock, "audit_root", anchoring.append),
                DailyDuty(database, clock, "key_clearing", partial(clear_keys, database)),
                DailyDuty(database, clock, "ended_codes", codes),
            )
            with around:
                async with vault.sweeping(), _duties_beside(app, accounts, *daily):
                    yield
        finally:
            hasher.close()
            await database.close()

    return lifespan


@asynccontextmanager
async def _duties_beside(app: FastAPI, accounts: Accounts, *due: DailyDuty) -> AsyncIterator[None]:
    """What goes on beside the requests: mail, sweeps, kept answers, erasures, daily duties.

    All of it has ended when this does, what requests have left under way too.
    """
    sharing: Sharing = app.state.provided[Sharing]
    keeper: AnswerKeeper = app.state.provided[AnswerKeeper]
    trends: Trends = app.state.provided[Trends]
    erasure: Erasure = app.state.provided[Erasure]
    async with (
        AsyncExitStack() as stack,
        accounts.sending_mail(),
        sharing.sweeping(),
        accounts.throttles.sweeping(),
        keeper.keeping(),
        trends.ending(),
        app.state.provided[NeededKeys].ending(),
        accounts.external_door.ending(),
        erasure.replaying(),
    ):
        for duty in due:
            await stack.enter_async_context(duty.running())
        yield


def _accounts(
    database: Database, vault: Vault, settings: Settings, clock: Clock, hasher: Hasher
) -> Accounts:
    return Accounts.of(equip(database, vault, settings, clock, hasher), [make_journal])


def _duties(erasure: Erasure, keys: NeededKeys) -> dict[str, Callable[[], Awaitable[bool]]]:
    """What must be in order before requests are welcome, by the name of its check."""
    return {"erasures": erasure.is_replayed, "keys": keys.are_there}


def _provided(
    database: WholeDatabase, vault: Vault, settings: Settings, clock: Clock, accounts: Accounts
) -> Mapping[type, object]:
    """What routes ask for, by its type."""
    signals = Signals(database, vault, clock, help_of, lock_journal)
    journal = Journal(database, vault, clock, signals, TABULATION)
    source = JournalSource(database, vault, journal.reading, clock)
    origins = Origins(links=settings.public_url, viewer=settings.viewer_url)
    library = Library(
        reading=journal.reading,
        signals=signals,
        mailer=accounts.mailer,
        wake=accounts.outbox.wake,
        throttles=accounts.throttles,
        snomed=settings.snomed,
    )
    erasure = erasure_of(database, vault, settings, clock, accounts)
    keys = NeededKeys(database, vault)
    keeper = AnswerKeeper(database, vault)
    return {
        Accounts: accounts,
        Authenticator: accounts.authenticator,
        Erasure: erasure,
        Exports: Exports(database, vault, clock, accounts),
        Health: Health(database, newest_revision(), _duties(erasure, keys)),
        Imports: Imports(database, vault, clock, Writer(vault, clock, signals)),
        Journal: journal,
        AnswerKeeper: keeper,
        NeededKeys: keys,
        Reports: Reports(source, clock, accounts.admits_report, recorded_in(database, clock)),
        Sharing: Sharing.of(database, vault, clock, origins, library),
        Signals: signals,
        Throttles: accounts.throttles,
        Trail: Trail(database),
        Trends: Trends(source, clock, ReadyAnswers(database, vault, source, keeper)),
        ViewerPage: ViewerPage(origins),
    }
