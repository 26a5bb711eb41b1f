"""What one sweep asks and forgets, step by step: whose rows, and by which instants."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.sharing.sweep import MOST_AT_ONCE, Sweep
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BEFORE = NOW - timedelta(minutes=10)
ANN, BEN = UUID(int=1), UUID(int=2)
DEAD, REVIVED, OLD, FILE = (UUID(int=number) for number in range(3, 7))
TRANSACTION = object()
DROPS = ("drop_reading", "drop_old_tickets", "drop_file")


class Watched:
    """Stands in for the database and for every statement of a sweep; notes what is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Two links look dead at first, and one of them lives after all."""
        self.asked: list[tuple[Any, ...]] = []
        self._of: list[object] = []
        answers: dict[str, list[Any]] = {
            "store.dead_links": [[(ANN, DEAD), (BEN, REVIVED)], []],
            "store.forget_link": [True, False],
            "store.lock_link": [True],
            "store_files.accounts_with_old_tickets": [[ANN, BEN]],
            "store_files.superseded_files": [[(BEN, OLD, FILE)]],
        }
        for name in (*answers, *(f"store_files.{each}" for each in DROPS)):
            stand_in = self._stand_in(name, answers.get(name, []))
            monkeypatch.setattr(f"app.sharing.sweep.{name}", stand_in)

    async def read(self, of: UUID | None, work: Callable[[Any], Awaitable[Any]]) -> Any:
        """Run `work` for that account."""
        self._of.append(of)
        return await work(TRANSACTION)

    write = read

    def _stand_in(self, name: str, answers: list[Any]) -> Callable[..., Awaitable[Any]]:
        async def stand_in(transaction: object, *given: Any, **named: Any) -> Any:
            assert transaction is TRANSACTION
            self.asked.append((self._of[-1], name, *given, *named.values()))
            return answers.pop(0) if answers else None

        return stand_in


async def test_each_step_of_a_sweep_is_told_whose_rows_and_by_which_instants(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watched: Any = Watched(monkeypatch)
    await Sweep(watched, SetClock(NOW)).once()
    assert watched.asked == [
        (None, "store.dead_links", NOW, BEFORE, MOST_AT_ONCE),
        (ANN, "store.forget_link", ANN, DEAD, NOW, BEFORE),
        (ANN, "store_files.drop_reading", ANN, DEAD),
        (BEN, "store.forget_link", BEN, REVIVED, NOW, BEFORE),
        (None, "store.dead_links", NOW, BEFORE, MOST_AT_ONCE),
        (None, "store_files.accounts_with_old_tickets", NOW),
        (ANN, "store_files.drop_old_tickets", ANN, NOW),
        (BEN, "store_files.drop_old_tickets", BEN, NOW),
        (None, "store_files.superseded_files", NOW, MOST_AT_ONCE),
        (BEN, "store.lock_link", BEN, OLD),
        (BEN, "store_files.drop_file", BEN, OLD, FILE, NOW),
    ]
