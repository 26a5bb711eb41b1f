"""What a profile holds, and how a merge patch changes it. Pure."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from typing_extensions import TypeAliasType

from app.model import Model

DEFAULT_TIME_ZONE = "UTC"
DEFAULT_LOCALE = "en"
NOT_PLACES = frozenset({"localtime", "posixrules", "Factory"})
"""Files that lie beside the zones and say where the machine is, not where the patient is."""

LOCALE = r"^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$"
ONE_LINE = r"^[^\x00-\x1f\x7f]+$"
WEB_ADDRESS = r"^https?://[!-~]+$"


@cache
def zone_names() -> frozenset[str]:
    """Every name the deployed tz database knows, links included."""
    return frozenset(available_timezones()) - NOT_PLACES


def _checked_zone(name: str) -> str:
    if name not in zone_names():
        raise PydanticCustomError("unknown_time_zone", "not a zone")
    return name


def _all_different(values: list[str]) -> list[str]:
    again = [(place,) for place, value in enumerate(values) if value in values[:place]]
    if again:
        raise PydanticCustomError("duplicate", "a value twice", {"places": again})
    return values


def _not_null(value: object) -> object:
    if value is None:
        raise PydanticCustomError("not_clearable", "required")
    return value


class NeverCleared:
    """Marks a member that a patch may leave out but not clear (error `not_clearable`)."""

    def __get_pydantic_core_schema__(
        self,
        source: Any,  # pydantic hands over whatever the annotation holds
        handler: GetCoreSchemaHandler,
    ) -> CoreSchema:
        """The schema of the value alone, with null told apart."""
        schema = handler(source)
        inner = schema["schema"] if schema["type"] == "nullable" else schema
        return core_schema.no_info_before_validator_function(_not_null, inner)


TreatmentFocus = TypeAliasType(
    "TreatmentFocus",
    Literal[
        "ptsd",
        "anxiety",
        "depression",
        "bipolar",
        "obsessive_compulsive",
        "substance_use",
        "chronic_pain",
        "other",
    ],
)
ZoneName = Annotated[
    str,
    Field(min_length=1, max_length=64, examples=["Europe/Berlin"]),
    AfterValidator(_checked_zone),
]
LocaleTag = Annotated[str, Field(max_length=11, pattern=LOCALE, examples=["de-AT"])]
Foci = Annotated[
    list[TreatmentFocus], Field(min_length=1, max_length=8), AfterValidator(_all_different)
]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=ONE_LINE)]
Lines = Annotated[list[Line], Field(min_length=1, max_length=10)]
PhoneNumber = Annotated[str, Field(min_length=1, max_length=40, pattern=ONE_LINE)]
MailAddress = Annotated[str, Field(min_length=3, max_length=254, pattern=ONE_LINE)]
WebAddress = Annotated[str, Field(max_length=200, pattern=WEB_ADDRESS)]
Words = Annotated[str, Field(min_length=1, max_length=2000)]


class Kept(Model):
    """An object that is sealed and answered; it opens although it holds unknown members."""

    model_config = ConfigDict(frozen=True, strict=True)


class Sent(Kept):
    """An object of a request: nothing in it is unknown."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Helper(Kept):
    """Somebody the patient can turn to."""

    name: Line
    """Who it is."""
    phone: PhoneNumber | None = None
    """How to reach them."""


class ContactDetails(Kept):
    """How and when to reach a clinic."""

    phone: PhoneNumber | None = None
    """Its number."""
    email: MailAddress | None = None
    """Its address for mail."""
    website: WebAddress | None = None
    """Its page, http or https."""
    hours: Line | None = None
    """When somebody answers."""


class ClinicContact(ContactDetails):
    """The patient's own clinic, as the patient wrote it down."""

    name: Line
    """What the clinic is called."""


class CrisisPlan(Kept):
    """What the patient wants to be reminded of in a hard hour, in the patient's own words."""

    warning_signs: Lines | None = None
    """How it announces itself."""
    what_helps: Lines | None = None
    """What the patient can do alone."""
    places: Lines | None = None
    """Where it is safe to be."""
    people: Annotated[list[Helper], Field(min_length=1, max_length=10)] | None = None
    """Whom to call, in this order."""
    note: Words | None = None
    """Whatever else matters then."""


class ProfileContent(Kept):
    """The whole of a profile that the patient decides."""

    time_zone: ZoneName
    """IANA name; it decides which date today is. Entries name zones of their own."""
    locale: LocaleTag
    """Language and region, such as `de-AT`; the region decides which crisis lines are shown."""
    treatment_focus: Foci | None = None
    """What the treatment is for."""
    clinic_contact: ClinicContact | None = None
    """The patient's own clinic."""
    crisis_plan: CrisisPlan | None = None
    """The patient's own plan for a crisis."""


class HelperDraft(Helper, Sent):
    """Somebody the patient can turn to."""


class ClinicContactPatch(ContactDetails, Sent):
    """Members to change; null clears one."""

    name: Annotated[Line | None, NeverCleared()] = None
    """What the clinic is called; a new contact needs it, and it is never cleared alone."""


class CrisisPlanPatch(CrisisPlan, Sent):
    """Members to change; null clears one, and a list replaces the list."""

    people: Annotated[list[HelperDraft], Field(min_length=1, max_length=10)] | None = None  # type: ignore[assignment]  # a draft is a helper; only lists are invariant
    """Whom to call, in this order."""


class ProfilePatch(Sent):
    """Members to change: absent keeps, null clears, objects merge and lists are replaced."""

    time_zone: Annotated[ZoneName | None, NeverCleared()] = None
    """IANA name; it cannot be cleared."""
    locale: Annotated[LocaleTag | None, NeverCleared()] = None
    """Language and region; it cannot be cleared."""
    treatment_focus: Foci | None = None
    """What the treatment is for; null clears it."""
    clinic_contact: ClinicContactPatch | None = None
    """The patient's own clinic; null clears it."""
    crisis_plan: CrisisPlanPatch | None = None
    """The patient's own plan for a crisis; null clears it."""


def patched(content: ProfileContent | None, patch: ProfilePatch) -> ProfileContent:
    """The content after a merge patch. Raises ValidationError when the result is no profile."""
    before = content.model_dump(exclude_none=True) if content else {}
    merged = merge_patch(before, patch.model_dump(exclude_unset=True))
    return ProfileContent.model_validate(merged)


# JSON values are whatever JSON holds, hence Any.
def merge_patch(target: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """RFC 7396: objects merge member by member, null removes, everything else replaces."""
    merged = dict(target)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            known = merged.get(name)
            merged[name] = merge_patch(known if isinstance(known, Mapping) else {}, value)
        else:
            merged[name] = value
    return merged
