"""A patient's phone on the wire."""

import pytest

from tests.service import Patient
from tests.sync.wire import Wire


@pytest.fixture
def phone(patient: Patient) -> Wire:
    """The first device of a new patient, on each engine in turn."""
    return Wire(patient)
