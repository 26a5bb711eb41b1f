"""The six kinds of entry: one file a kind, joined here in static unions."""

from typing import Annotated

from pydantic import Field

from app.journal.kinds.anxiety import (
    Anxiety,
    AnxietyDraft,
    AnxietyHeadline,
    AnxietyPatch,
    AnxietyReplacement,
)
from app.journal.kinds.assessment import (
    Assessment,
    AssessmentDraft,
    AssessmentHeadline,
    AssessmentPatch,
    AssessmentReplacement,
)
from app.journal.kinds.check_in import CheckInDraft, CheckInPart, in_body, read_check_in
from app.journal.kinds.content import Content
from app.journal.kinds.dissociation import (
    Dissociation,
    DissociationDraft,
    DissociationHeadline,
    DissociationPatch,
    DissociationReplacement,
)
from app.journal.kinds.flashback import (
    Flashback,
    FlashbackDraft,
    FlashbackHeadline,
    FlashbackPatch,
    FlashbackReplacement,
)
from app.journal.kinds.headlines import Headline, Payload
from app.journal.kinds.kind import Kind
from app.journal.kinds.mood import Mood, MoodDraft, MoodHeadline, MoodPatch, MoodReplacement
from app.journal.kinds.payloads import client_members, current, headline, payload, shared_view
from app.journal.kinds.reading import Draft, merge_patch, read_content, read_draft
from app.journal.kinds.refusal import EntryRefused
from app.journal.kinds.registry import KIND_NAMES, KINDS, KindName
from app.journal.kinds.rules import (
    EntryWarning,
    LinkedSession,
    RuleContext,
    WarningContext,
    judge,
    warnings,
)
from app.journal.kinds.session import Session, SessionDraft, SessionPatch, SessionReplacement
from app.journal.kinds.session_headline import (
    AdverseEffect,
    Experience,
    SessionHeadline,
    VitalReading,
)
from app.model import Choice

AnyDraft = (
    MoodDraft | AnxietyDraft | FlashbackDraft | DissociationDraft | SessionDraft | AssessmentDraft
)
AnyReplacement = (
    MoodReplacement
    | AnxietyReplacement
    | FlashbackReplacement
    | DissociationReplacement
    | SessionReplacement
    | AssessmentReplacement
)
AnyPatch = (
    MoodPatch | AnxietyPatch | FlashbackPatch | DissociationPatch | SessionPatch | AssessmentPatch
)
AnyEntry = Mood | Anxiety | Flashback | Dissociation | Session | Assessment


class EntryDraft(Choice):
    """A new entry of any kind, under the id that the client made."""

    root: Annotated[AnyDraft, Field(discriminator="kind")]


class EntryReplacement(Choice):
    """Whole content for a stored entry: what is left out is cleared."""

    root: Annotated[AnyReplacement, Field(discriminator="kind")]


class EntryPatch(Choice):
    """The changed members of an entry of any kind (RFC 7396); null clears an optional one."""

    root: Annotated[AnyPatch, Field(discriminator="kind")]


class Entry(Choice):
    """An entry of any kind as it is read."""

    root: Annotated[AnyEntry, Field(discriminator="kind")]


__all__ = [
    "KINDS",
    "KIND_NAMES",
    "AdverseEffect",
    "AnxietyHeadline",
    "AssessmentHeadline",
    "CheckInDraft",
    "CheckInPart",
    "Content",
    "DissociationHeadline",
    "Draft",
    "Entry",
    "EntryDraft",
    "EntryPatch",
    "EntryRefused",
    "EntryReplacement",
    "EntryWarning",
    "Experience",
    "FlashbackHeadline",
    "Headline",
    "Kind",
    "KindName",
    "LinkedSession",
    "MoodHeadline",
    "Payload",
    "RuleContext",
    "SessionHeadline",
    "VitalReading",
    "WarningContext",
    "client_members",
    "current",
    "headline",
    "in_body",
    "judge",
    "merge_patch",
    "payload",
    "read_check_in",
    "read_content",
    "read_draft",
    "shared_view",
    "warnings",
]
