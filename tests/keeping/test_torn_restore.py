"""A restore torn off while epochs are raised has raised none, so that `times` stays true."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.audit import AuditEvent, append_event, begin_chain
from app.audit.verification import verify_chains
from app.database import Transaction, WholeDatabase
from app.journal import restore as epochs
from app.journal.restore import JUMP
from app.journal.store import JOURNAL, make_journal
from app.keeping import restore as restoring
from app.keeping import store
from app.vault import KeyRing
from app.vault.ring_keys import new_ring_text
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
JOURNALS = 40
PLACES = select(JOURNAL.c.epoch, JOURNAL.c.head)


Tear = Callable[[pytest.MonkeyPatch], None]


class Torn(Exception):
    """The process ends here."""


async def fill(database: WholeDatabase) -> None:
    for number in range(JOURNALS):
        account = uuid4()

        async def work(
            transaction: Transaction, account: UUID = account, number: int = number
        ) -> None:
            await make_journal(transaction, account)
            if number:  # one lacks its chain, and begins an epoch as well
                await begin_chain(transaction, account)

        await database.write(account, work)


async def places(database: WholeDatabase) -> set[tuple[int, int]]:
    rows = await database.read(None, lambda work: work.fetch(PLACES))
    assert len(rows) == JOURNALS
    return {(int(row[0]), int(row[1])) for row in rows}


def torn_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async def end(transaction: Transaction) -> None:
        raise Torn

    monkeypatch.setattr(store, "end_restoration", end)


def torn_within(monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[UUID] = []

    async def append(transaction: Transaction, account_id: UUID, event: AuditEvent) -> None:
        raised.append(account_id)
        if len(raised) == JOURNALS // 2:
            raise Torn
        await append_event(transaction, account_id, event)

    monkeypatch.setattr(epochs, "append_event", append)


@pytest.mark.parametrize("tear", [torn_at_the_end, torn_within])
@pytest.mark.parametrize("times", [1, 2])
async def test_a_restore_torn_off_while_epochs_are_raised_goes_on_as_if_it_had_not_begun(
    database: WholeDatabase, clock: SetClock, tear: Tear, times: int
) -> None:
    await fill(database)
    ring = KeyRing.from_text(new_ring_text())
    await restoring.mark(database, clock, times)
    with pytest.MonkeyPatch.context() as patched:
        tear(patched)
        with pytest.raises(Torn):
            await restoring.finish(database, ring, set())
    assert await places(database) == {(0, 1)}
    await restoring.mark(database, clock)
    assert (await restoring.finish(database, ring, set())).journals == JOURNALS
    assert await places(database) == {(times, 1 + times * JUMP)}
    assert (await verify_chains(database)).broken == 0
    assert await database.read(None, lambda work: work.fetch(select(store.RESTORATION))) == []
