"""The headlines of the real journal, with the zone that the patient's profile names."""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from app.accounts.profile import load_profile
from app.clock import Clock
from app.database import Database, Transaction
from app.journal.kinds import Headline
from app.journal.reading import Reading, state_in
from app.journal.scope import Scope
from app.trends.source import JournalState
from app.vault import Vault

FURTHEST = timedelta(days=2)
"""No entry but a planned session lies further ahead of the profile's date than travel allows."""


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
            return await self.state_in(transaction, scope)

        return await self._database.read(scope.account_id, work)

    async def state_in(self, transaction: Transaction, scope: Scope) -> JournalState:
        """The same, inside a transaction that is open."""
        state = await state_in(transaction, scope)
        keys = await self._vault.patient(transaction, scope.account_id)
        profile = await load_profile(transaction, keys, scope.account_id)
        zone = profile.content.time_zone
        today = self._clock().astimezone(ZoneInfo(zone)).date()
        ahead = await self._reading.entries_in(
            transaction, scope, today + timedelta(days=1), today + FURTHEST
        )
        days = [each.day for each in ahead if each.payload.get("status") != "planned"]
        return JournalState(
            epoch=state.epoch,
            head=state.head,
            profile_revision=profile.revision,
            time_zone=zone,
            latest_local_date=max(days, default=None),
        )

    async def headlines(
        self, scope: Scope, first: date | None, last: date | None
    ) -> Sequence[Headline]:
        """What trends need of each entry of the scope on these local dates."""
        return await self._reading.headlines(scope, first, last)
