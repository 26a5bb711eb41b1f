"""What is a patient's own of help: the region, the clinic and the people that the profile names."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from app.database import Transaction
from app.safety.resources import CRISIS_RESOURCES
from app.safety.schemas import CrisisResource
from app.vault import PatientKeys


class OwnHelp(NamedTuple):
    """What the patient's profile says of help: the locale, and the own clinic and people."""

    locale: str
    resources: Sequence[CrisisResource]


NO_OWN_HELP = OwnHelp("", ())
"""Beside a profile that does not open: what holds anywhere."""


class HelpOf(Protocol):
    """Reads it from the profile; NO_OWN_HELP from one that does not open."""

    async def __call__(self, transaction: Transaction, keys: PatientKeys) -> OwnHelp:
        """Raises TokenInvalid when the account is gone."""
        ...


def resources_of(own: OwnHelp) -> list[CrisisResource]:
    """What is shown beside a save: the own clinic and people, then the list of the region."""
    country = CRISIS_RESOURCES.country(locale=own.locale)
    return [*own.resources, *CRISIS_RESOURCES.of(country)]
