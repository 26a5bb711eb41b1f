"""A patient's phone on the wire, and two as the guide describes them."""

import pytest

from tests.service import Patient
from tests.sync.phone import Phone
from tests.sync.wire import Wire


@pytest.fixture
def phone(patient: Patient) -> Wire:
    """The first device of a new patient, on each engine in turn."""
    return Wire(patient)


@pytest.fixture
def two(patient: Patient) -> tuple[Phone, Phone]:
    """Two phones of one patient."""
    return Phone("phone-a", patient.ask), Phone("phone-b", patient.ask)
