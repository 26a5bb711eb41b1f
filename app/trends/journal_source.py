"""The headlines of the real journal, with the zone that the patient's profile names."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.accounts.profile import opened_profile
from app.clock import Clock
from app.database import Database, Transaction
from app.journal.months import Months
from app.journal.reading import Reading
from app.journal.scope import Scope
from app.trends.day_tables import DayTables
from app.trends.series import APPOINTMENTS
from app.trends.source import JournalState, Seen
from app.trends.store_standing import FURTHEST, Standing, load_standing
from app.vault import PatientKeys, Vault
from app.web.problems import TokenInvalid


class JournalSource:
    """A HeadlineSource over the journal and the profile."""

    def __init__(self, database: Database, vault: Vault, reading: Reading, clock: Clock) -> None:
        """One object a process."""
        self._database = database
        self._vault = vault
        self._reading = reading
        self._clock = clock

    async def journal_state(self, scope: Scope) -> JournalState:
        """What validates an answer. Raises TokenInvalid when the account is gone."""

        async def work(transaction: Transaction) -> JournalState:
            now = self._clock()
            standing = await load_standing(transaction, scope.account_id, now)
            if standing is None:
                raise TokenInvalid
            keys = await self._vault.patient(transaction, scope.account_id)
            return await self.state_in(transaction, scope, keys, standing, now)

        return await self._database.read(scope.account_id, work, brief=True)

    async def state_in(
        self,
        transaction: Transaction,
        scope: Scope,
        keys: PatientKeys,
        standing: Standing,
        now: datetime,
    ) -> JournalState:
        """The same, inside a transaction that is open and has looked where things stand.

        What does not open moves no window: whoever has to count it finds out.
        """
        profile = opened_profile(keys, standing.profile)
        zone = profile.content.time_zone
        today = now.astimezone(ZoneInfo(zone)).date()
        days: list[date] = []
        if standing.latest is not None and standing.latest > today:
            ahead = await self._reading.readable_in(
                transaction, scope, today + timedelta(days=1), today + FURTHEST
            )
            days = [each.day for each in ahead if each.payload.get("status") not in APPOINTMENTS]
        return JournalState(
            epoch=standing.epoch,
            head=standing.head,
            profile_revision=profile.revision,
            time_zone=zone,
            latest_local_date=max(days, default=None),
        )

    async def headlines(self, scope: Scope, first: date | None, last: date | None) -> Seen:
        """What trends need of each entry of the scope on these local dates."""
        state, found, _ = await self._reading.headlines(scope, first, last)
        return Seen(state, found)

    async def begin_days(
        self,
        transaction: Transaction,
        keys: PatientKeys,
        state: JournalState,
        first: date,
        last: date,
    ) -> Months | None:
        """What `days` may go on from, found in a transaction that has read `state`."""
        months = Months(keys, state.epoch, state.head, [])
        return await self._reading.begin_days(transaction, months, first, last)

    async def days(
        self, scope: Scope, first: date, last: date, begun: Months | None = None
    ) -> Seen:
        """The same, with day tables for the months that have one."""
        state, found, tables = await self._reading.days(scope, first, last, begun)
        return Seen(state, found, DayTables(tables, first.toordinal(), last.toordinal()))
