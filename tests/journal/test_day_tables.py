"""Day tables are a cache of digests: what they say of days is what the entries say."""

from datetime import date
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import bindparam, update

from app.journal.digests import month_of, months_between
from app.journal.journal import Journal
from app.journal.kinds import KIND_NAMES
from app.journal.store_digests import (
    DAY_TABLE,
    DIGEST,
    DROP_DIGESTS,
    Asked,
    load_day_tables,
)
from app.trends.metrics import METRICS
from app.trends.series import JournalDays
from app.trends.tabulation import TABULATION, tabulated
from app.trends.window import Window
from tests.journal.kept_digests import (
    FIRST,
    LAST,
    Kept,
    delete,
    kept,
    replace,
    something_happens,
    written,
    year,
)
from tests.service import Patient, Service, an_entry
from tests.sync.recorder import record

pytestmark = pytest.mark.anyio
OLD_TABLES = (
    update(DAY_TABLE).where(DAY_TABLE.c.account_id == bindparam("account")).values(version=0)
)


def told(journal: JournalDays) -> dict[str, Any]:
    """Everything that is said of days."""
    window = Window(FIRST, LAST, "UTC")
    return {
        **{metric: journal.series(metric).columns for metric in METRICS},
        **{f"dates {kind}": journal.dates(kind) for kind in KIND_NAMES},
        "dosed": journal.dosed_sessions(),
        "mixed": journal.mixes_reports(window),
        "days": journal.journal_days(window),
    }


async def from_entries(seen: Kept) -> dict[str, Any]:
    """The same by the entries themselves."""
    return told(JournalDays(await seen.from_entries()))


async def test_a_year_of_days_is_read_without_opening_a_digest(
    service: Service, patient: Patient
) -> None:
    await year(patient)
    seen = await kept(service, patient)
    await seen.headlines()
    await seen.spoil_digests()
    days = await seen.days()
    assert days.headlines == []
    assert told(days) == await from_entries(seen)


async def test_a_month_that_changed_is_read_from_its_digest_and_no_other(
    service: Service, patient: Patient
) -> None:
    (entry, *_) = await year(patient)
    seen = await kept(service, patient)
    await seen.headlines()
    await replace(patient, entry, score=1)
    days = await seen.days()
    changed = month_of(date.fromisoformat(entry["local_date"]))
    assert {month_of(each.local_date) for each in days.headlines} == {changed}
    assert told(days) == await from_entries(seen)


async def test_days_say_what_entries_say_after_whatever_happens(
    service: Service, patient: Patient
) -> None:
    entries, dice = await year(patient), Random(7)  # noqa: S311 - no secret
    seen = await kept(service, patient)
    for _ in range(8):
        assert told(await seen.days()) == await from_entries(seen)
        for _ in range(3):
            await something_happens(patient, entries, dice)
        assert told(await seen.days()) == await from_entries(seen)


async def test_every_table_is_that_of_its_own_month(service: Service, patient: Patient) -> None:
    await year(patient)
    seen = await kept(service, patient)
    await seen.headlines()
    tables, all_of_them = await seen.tables(), await seen.from_entries()
    assert tables.keys() == set(months_between(FIRST, LAST))
    for month, text in tables.items():
        assert text == tabulated(each for each in all_of_them if month_of(each.local_date) == month)


async def test_tables_of_an_older_making_are_made_anew_from_their_digests(
    service: Service, patient: Patient
) -> None:
    await year(patient)
    seen = await kept(service, patient)
    await seen.headlines()
    bound = {"account": seen.scope.account_id}
    await seen.database.write(seen.scope.account_id, lambda work: work.execute(OLD_TABLES, bound))
    assert await seen.tables() == {}
    assert told(await seen.days()) == await from_entries(seen)
    assert (await seen.tables()).keys() == set(months_between(FIRST, LAST))


async def test_a_table_counts_only_beside_the_digest_it_was_made_of(
    service: Service, patient: Patient
) -> None:
    """A server of an older version takes digests away and knows of no tables."""
    (entry, *_) = await year(patient)
    seen = await kept(service, patient)
    await seen.headlines()
    account_id = seen.scope.account_id
    month = month_of(date.fromisoformat(entry["local_date"]))
    bound = {"account": account_id, "first": month, "last": month}
    await seen.database.write(account_id, lambda work: work.execute(DROP_DIGESTS, bound))
    assert (await seen.tables()).keys() == set(months_between(FIRST, LAST)) - {month}
    await seen.days()
    assert month in await seen.tables()
    others = update(DIGEST).where(DIGEST.c.account_id == bindparam("account"))
    for other in ({"revision": DIGEST.c.revision + 1}, {"version": DIGEST.c.version + 1}):
        statement = others.values(**other)
        await seen.database.write(
            account_id, lambda work, run=statement: work.execute(run, {"account": account_id})
        )
        load = partial(
            load_day_tables,
            account_id=account_id,
            asked=Asked(FIRST, LAST, TABULATION.version, epoch=0, least=0, head=10**6),
        )
        assert await seen.database.read(account_id, load) == ([], [])
        await seen.forget()
        await seen.days()
        found, _ = await seen.database.read(account_id, load)
        assert found


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_look_sees_one_moment(service: Service, patient: Patient) -> None:
    """An entry that moves while its months are read is told of once."""
    moves = (await patient.save(an_entry(score=2, **written(date(2025, 12, 10)))))["entry"]
    stays = (await patient.save(an_entry(score=3, **written(date(2026, 5, 10)))))["entry"]
    goes = (await patient.save(an_entry(score=3, **written(date(2026, 5, 20)))))["entry"]
    seen = await kept(service, patient)
    await seen.headlines()
    await replace(patient, stays, note="so that May is read from its digest")
    expected = await from_entries(seen)
    plain = service.app.state.provided[Journal]
    done: list[str] = []

    async def between(statement: str) -> None:
        if statement == "digests.LOAD_DAY_TABLES" and not done:
            done.append(statement)
            recording = service.app.state.provided[Journal]
            service.app.state.provided[Journal] = plain
            await replace(patient, moves, **written(date(2026, 5, 11)))
            await delete(patient, goes)
            await seen.headlines()
            service.app.state.provided[Journal] = recording

    record(service, between)
    assert told(await (await kept(service, patient)).days()) == expected
    assert done


@pytest.mark.parametrize("leaves", ["deleted", "moved"])
async def test_what_leaves_a_month_leaves_no_table_of_it(
    service: Service, patient: Patient, leaves: str
) -> None:
    (entry, *_) = await year(patient)
    seen = await kept(service, patient)
    await seen.headlines()
    left = month_of(date.fromisoformat(entry["local_date"]))
    assert left in await seen.tables()
    if leaves == "deleted":
        await delete(patient, entry)
    else:
        await replace(patient, entry, **written(date(2026, 2, 3)))
    assert left not in await seen.tables()
    assert told(await seen.days()) == await from_entries(seen)


async def test_a_trend_is_the_same_from_tables_and_from_entries(
    service: Service, patient: Patient
) -> None:
    entries = await year(patient)
    seen = await kept(service, patient)
    window = {"from": "2025-06-11", "to": "2026-05-20"}
    asked = [
        *[("daily", {"metric": metric}) for metric in ("mood", "anxiety", "flashback_count")],
        ("session-response", {"metric": "mood", "before": "28", "after": "42"}),
        ("slope", {"metric": "mood"}),
        ("weekday", {"metric": "mood"}),
        ("summary", {}),
        ("coverage", {}),
    ]
    await patient.save(an_entry(**written(date(2026, 3, 1))))
    for path, more in asked:

        async def ask(path: str = path, more: dict[str, str] = more) -> bytes:
            answer = await patient.ask("GET", f"/v1/trends/{path}", params={**window, **more})
            assert answer.status_code == 200, answer.text
            return answer.content

        from_entries = await ask()
        # A change outside the window: nothing is ready any more, and every month has its table.
        await patient.save(an_entry(**written(date(2024, 1, 1))))
        await seen.spoil_digests()
        assert await ask() == from_entries
        await seen.forget()
        assert await ask() == from_entries
        entries[0] = await replace(patient, entries[0], note=f"changed for {path}")
        assert await ask() == from_entries
        await seen.forget()
