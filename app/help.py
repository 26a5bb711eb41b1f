"""What a patient's profile says of help, in the words of the safety room."""

from app.accounts.profile import load_profile
from app.accounts.profile_content import ClinicContact, CrisisPlan
from app.accounts.refusals import ProfileUnreadable
from app.database import Transaction
from app.safety.own_help import NO_OWN_HELP, OwnHelp
from app.safety.resources import CRISIS_RESOURCES, OwnContact, own_resources
from app.vault import PatientKeys


async def help_of(transaction: Transaction, keys: PatientKeys) -> OwnHelp:
    """Locale, own clinic and own people. Raises TokenInvalid without account.

    A profile that does not open stops no save.
    """
    try:
        profile = await load_profile(transaction, keys, keys.account_id)
    except ProfileUnreadable:
        return NO_OWN_HELP
    content = profile.content
    own = own_resources(
        _clinic(content.clinic_contact),
        _people(content.crisis_plan),
        CRISIS_RESOURCES.country(locale=content.locale),
        profile.updated_at.date(),
    )
    return OwnHelp(content.locale, own)


def _clinic(contact: ClinicContact | None) -> OwnContact | None:
    if contact is None:
        return None
    return OwnContact(contact.name, contact.phone, contact.website, contact.hours)


def _people(plan: CrisisPlan | None) -> list[OwnContact]:
    people = plan.people if plan else None
    return [OwnContact(person.name, person.phone) for person in people or ()]
