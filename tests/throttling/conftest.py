"""Throttles on each engine in turn."""

import pytest

from app.database import Database
from app.throttling import Throttles
from tests.clocks import SetClock
from tests.throttling.buckets import LIMITS, mark


@pytest.fixture
def throttles(database: Database, clock: SetClock) -> Throttles:
    return Throttles(database, mark, clock, LIMITS)
