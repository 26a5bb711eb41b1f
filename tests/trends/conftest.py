"""A patient whose answers are kept, on each engine in turn."""

import pytest

from tests.clocks import SetClock
from tests.service import Patient, Service
from tests.trends.ready_patient import (
    Ready,
    ready_of,
    some_days,
)


@pytest.fixture
async def ready(service: Service, patient: Patient, clock: SetClock) -> Ready:
    """A patient with a week of entries."""
    await some_days(patient, clock.now.date())
    return await ready_of(service, patient)
