"""Fixtures of the accounts room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.database import Database
from tests.accounts.house import House
from tests.clocks import SetClock


@pytest.fixture
def house(database: Database, clock: SetClock, tmp_path: Path) -> Iterator[House]:
    """The accounts room on each engine in turn."""
    house = House(database, clock, tmp_path / "mail")
    yield house
    house.hasher.close()
