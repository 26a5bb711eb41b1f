"""Which kinds there are, by name."""

from typing import Literal

from typing_extensions import TypeAliasType

from app.faults import fault
from app.journal.kinds.anxiety import ANXIETY
from app.journal.kinds.assessment import ASSESSMENT
from app.journal.kinds.dissociation import DISSOCIATION
from app.journal.kinds.flashback import FLASHBACK
from app.journal.kinds.kind import Kind
from app.journal.kinds.mood import MOOD
from app.journal.kinds.refusal import EntryRefused
from app.journal.kinds.session import SESSION

KindName = TypeAliasType(
    "KindName",
    Literal["mood", "anxiety", "flashback", "dissociation", "session", "assessment"],
)
KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (MOOD, ANXIETY, FLASHBACK, DISSOCIATION, SESSION, ASSESSMENT)
}
KIND_NAMES = frozenset(KINDS)


def kind_named(name: object) -> Kind:
    """The kind of this name. Raises EntryRefused with a fault at /kind."""
    if not isinstance(name, str):
        raise EntryRefused([fault("wrong_type", "/kind")])
    if name not in KINDS:
        raise EntryRefused([fault("unknown_kind", "/kind")])
    return KINDS[name]
