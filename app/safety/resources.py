"""Where help is: a reviewed data file, and which part of it belongs to whom."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pydantic import ConfigDict

from app.model import Model
from app.safety.schemas import CrisisResource, CrisisResourceKind, CrisisResourceList

RESOURCES_FILE = Path(__file__).parent / "data" / "crisis_resources.json"
ANYWHERE = "ZZ"
OLDEST = timedelta(days=365)
ORDER: dict[CrisisResourceKind, int] = {"clinic": 0, "crisis": 1, "emergency": 2}
ALWAYS_DUE = frozenset({"dissociation", "assessment"})
"""Kinds of entries whose saves always say where help is."""

REGION = re.compile(r"[A-Za-z]{2}")


class ResourceFile(Model):
    """The data file: resources, countries that share some, and other codes in use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    groups: dict[str, tuple[str, ...]]
    aliases: dict[str, str]
    resources: tuple[CrisisResource, ...]


@dataclass(frozen=True, slots=True)
class OwnContact:
    """Somebody the patient wrote down: the clinic, or a person of the crisis plan."""

    name: str
    phone: str | None = None
    website: str | None = None
    hours: str | None = None


class CrisisResources:
    """The resources of a file, by country."""

    def __init__(self, told: ResourceFile) -> None:
        """`told`: a validated file."""
        self.all = told.resources
        self._aliases = told.aliases
        self._by_country: dict[str, tuple[CrisisResource, ...]] = {}
        for country in sorted({each.country for each in told.resources}):
            found = [each for each in told.resources if each.country == country]
            self._by_country[country] = tuple(sorted(found, key=lambda each: ORDER[each.kind]))
        for group, members in told.groups.items():
            for country in members:
                self._by_country.setdefault(country, self._by_country[group])

    def country(self, asked: str | None = None, locale: str | None = None) -> str:
        """The country whose list fits: the one asked for, else the locale's region, else ZZ."""
        code = (asked or region_of(locale or "") or ANYWHERE).upper()
        code = self._aliases.get(code, code)
        return code if code in self._by_country else ANYWHERE

    def of(self, country: str) -> tuple[CrisisResource, ...]:
        """The resources of a country that `country()` gave: crisis lines, then emergency."""
        return self._by_country[country]

    def listed(self, asked: str | None = None, locale: str | None = None) -> CrisisResourceList:
        """The answer of listCrisisResources."""
        country = self.country(asked, locale)
        return CrisisResourceList(country=country, items=self.of(country))


def region_of(locale: str) -> str | None:
    """The region of a BCP 47 tag when it is a country: `en-US`, `zh-Hant-TW`, not `es-419`."""
    for part in re.split("[-_]", locale)[1:]:
        if len(part) == 1:
            return None
        if REGION.fullmatch(part):
            return part.upper()
    return None


def own_resources(
    clinic: OwnContact | None, plan: Sequence[OwnContact], country: str, noted_on: date
) -> list[CrisisResource]:
    """The patient's own clinic and the people of the crisis plan: they stand first, in saves.

    `noted_on`: when the patient last changed the profile. People without a number are left out.
    """
    own = [_own("own-clinic", "clinic", clinic, country, noted_on)] if clinic else []
    reachable = [person for person in plan if person.phone]
    for number, person in enumerate(reachable, start=1):
        own.append(_own(f"own-plan-{number}", "crisis", person, country, noted_on))
    return own


def resources_due(kind: str, *, has_signals: bool) -> bool:
    """Whether the answer to a save of this kind says where help is."""
    return has_signals or kind in ALWAYS_DUE


def overdue(resources: Iterable[CrisisResource], today: date) -> list[str]:
    """Ids of the resources that nobody checked within 365 days before `today`."""
    return [each.id for each in resources if today - each.checked_on > OLDEST]


def read_resources(file: Path = RESOURCES_FILE) -> CrisisResources:
    """The resources of a data file; raises pydantic's ValidationError when it is not one."""
    return CrisisResources(ResourceFile.model_validate_json(file.read_bytes()))


def _own(
    resource_id: str,
    kind: CrisisResourceKind,
    contact: OwnContact,
    country: str,
    noted_on: date,
) -> CrisisResource:
    return CrisisResource(
        id=resource_id,
        country=country,
        kind=kind,
        name=contact.name,
        phone=contact.phone,
        website=contact.website,
        hours=contact.hours or "not stated",
        languages=(),
        source="own profile",
        checked_on=noted_on,
    )


CRISIS_RESOURCES = read_resources()
