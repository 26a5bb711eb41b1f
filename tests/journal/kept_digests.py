"""One patient's digests seen from inside, and a year of entries to make them of."""

from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from app.database import Transaction
from app.journal.digest_reading import DigestReading
from app.journal.journal import Journal
from app.journal.kinds import Headline
from app.journal.months import load_digests, load_tables
from app.journal.scope import Scope
from app.journal.store_digests import DAY_TABLE, DIGEST, drop_digests
from app.trends.day_tables import DayTables
from app.trends.series import JournalDays
from app.trends.tabulation import TABULATION
from app.web.identity import Authenticator
from tests.service import Patient, Service, an_entry

FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)
ALL = select(DIGEST.c.month, DIGEST.c.epoch, DIGEST.c.revision).where(
    DIGEST.c.account_id == bindparam("account")
)


SPOIL_DIGESTS, SPOIL_TABLES = (
    update(cache).where(cache.c.account_id == bindparam("account")).values(sealed=bindparam("to"))
    for cache in (DIGEST, DAY_TABLE)
)


class Kept:
    """One patient's digests, seen from inside."""

    def __init__(self, service: Service, account_id: UUID) -> None:
        self.journal: Journal = service.app.state.provided[Journal]
        self.database = self.journal._database
        self.scope = Scope.of_patient(account_id)

    @property
    def reading(self) -> DigestReading:
        return self.journal.reading._digests

    async def headlines(self) -> list[Headline]:
        seen = await self.journal.reading.headlines(self.scope, FIRST, LAST)
        return sorted_headlines(seen.found)

    async def days(self) -> JournalDays:
        """What the day tables and the headlines beside them say together."""
        seen = await self.journal.reading.days(self.scope, FIRST, LAST)
        tables = DayTables(seen.tables, FIRST.toordinal(), LAST.toordinal())
        return JournalDays(seen.found, tables)

    async def from_entries(self) -> list[Headline]:
        entries = await self.journal.reading.entries(self.scope, FIRST, LAST)
        return sorted_headlines(entry.headline() for entry in entries)

    async def rows(self) -> list[tuple[date, int, int]]:
        account_id = self.scope.account_id
        found = await self.database.read(
            account_id, lambda work: work.fetch(ALL, {"account": account_id})
        )
        return [(row[0], row[1], row[2]) for row in found]

    async def tables(self) -> dict[date, bytes]:
        """The day tables of the months in which nothing has changed."""
        load = partial(load_tables, version=TABULATION.version)

        async def look(transaction: Transaction) -> dict[date, bytes]:
            months = await self.reading._look(transaction, self.scope.account_id, FIRST, LAST, load)
            return months.tables

        tables: dict[date, bytes] = await self.database.read(self.scope.account_id, look)
        return tables

    async def texts(self) -> dict[date, bytes]:
        """The digests there are, brought to the head."""

        async def look(transaction: Transaction) -> dict[date, bytes]:
            months = await self.reading._look(
                transaction, self.scope.account_id, FIRST, LAST, load_digests
            )
            return {month: digest.text() for month, digest in months.digests.items()}

        texts: dict[date, bytes] = await self.database.read(self.scope.account_id, look)
        return texts

    async def spoil_digests(self) -> None:
        """From now on no digest opens."""
        await self._spoil(SPOIL_DIGESTS)

    async def spoil_tables(self) -> None:
        """From now on no day table opens."""
        await self._spoil(SPOIL_TABLES)

    async def _spoil(self, statement: Any) -> None:
        account_id = self.scope.account_id
        bound = {"account": account_id, "to": b"no envelope"}
        await self.database.write(account_id, lambda work: work.execute(statement, bound))

    async def forget(self) -> None:
        account_id = self.scope.account_id
        await self.database.write(
            account_id, lambda work: drop_digests(work, account_id, date.min, date.max)
        )


def sorted_headlines(headlines: Any) -> list[Headline]:
    return sorted(headlines, key=lambda each: each.revision)


async def kept(service: Service, patient: Patient) -> Kept:
    authenticate = service.app.state.provided[Authenticator]
    signed_in = await authenticate(patient.tokens["access_token"])
    return Kept(service, signed_in.account_id)


def written(day: date) -> dict[str, str]:
    return {"occurred_at": f"{day}T12:00:00+00:00", "time_zone": "UTC"}


async def year(patient: Patient, days: int = 365, step: int = 7) -> list[dict[str, Any]]:
    """An entry a week up to the end of May, of four kinds in turn; what was saved."""
    kinds = ("mood", "anxiety", "flashback", "session")
    saved = []
    for number, ago in enumerate(range(0, days, step)):
        draft = an_entry(kinds[number % 4], **written(date(2026, 5, 31) - timedelta(days=ago)))
        saved.append((await patient.save(draft))["entry"])
    return saved


def members(entry: dict[str, Any], **changes: Any) -> dict[str, Any]:
    made_here = {"revision", "created_at", "updated_at", "local_date", "retrospective", "id"}
    return {name: value for name, value in entry.items() if name not in made_here} | changes


async def replace(patient: Patient, entry: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = await patient.ask(
        "PUT",
        f"/v1/entries/{entry['id']}",
        headers={"If-Match": f'"{entry["revision"]}"'},
        json=members(entry, **changes),
    )
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()["entry"]
    return changed


async def delete(patient: Patient, entry: dict[str, Any]) -> None:
    revision = {"If-Match": f'"{entry["revision"]}"'}
    answer = await patient.ask("DELETE", f"/v1/entries/{entry['id']}", headers=revision)
    assert answer.status_code == 204, answer.text


async def something_happens(patient: Patient, entries: list[dict[str, Any]], dice: Random) -> None:
    """An entry is made, changed, moved to another month, or deleted."""
    at = dice.randrange(len(entries))
    day = date(2026, 5, 31) - timedelta(days=dice.randrange(365))
    match dice.randrange(4):
        case 0:
            entries.append((await patient.save(an_entry(**written(day))))["entry"])
        case 1:
            entries[at] = await replace(patient, entries[at], note=f"changed {dice.random()}")
        case 2:
            entries[at] = await replace(patient, entries[at], **written(day))
        case _:
            await delete(patient, entries.pop(at))
