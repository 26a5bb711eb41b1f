"""The payload: what is sealed of an entry, and what is read from it again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from pydantic_core import to_json

from app.journal.kinds.content import Content
from app.journal.kinds.headlines import Headline, Payload
from app.journal.kinds.kind import Place
from app.journal.kinds.registry import KINDS

RETROSPECTIVE_AFTER = timedelta(hours=24)
SERVER_MEMBERS = frozenset(
    {"id", "local_date", "retrospective", "revision", "created_at", "updated_at"}
)


class Shown(Protocol):
    """What of an entry the reader may see beyond its values."""

    @property
    def notes(self) -> bool:
        """Free texts."""
        ...

    @property
    def item_answers(self) -> bool:
        """Answers of questionnaires."""
        ...


def payload(
    entry_id: UUID, content: Content, created_at: datetime, before: Payload | None = None
) -> bytes:
    """JSON text of the read entry without revision and server instants. This is what is sealed.

    `created_at` is aware: the instant at which the entry was first saved. `before` is the payload
    that this one replaces.
    """
    retrospective = created_at - content.instant > RETROSPECTIVE_AFTER
    derived = content.derived(before)
    return b'{"id":"%b",%b,"local_date":"%b","retrospective":%b%b}' % (
        str(entry_id).encode(),
        to_json(content, exclude_none=True)[1:-1],
        content.occurred_at[:10].encode(),
        b"true" if retrospective else b"false",
        b"," + derived if derived else b"",
    )


def client_members(opened: Payload) -> dict[str, Any]:
    """The members the client sent, defaults filled: equal to `members()` when it was saved.

    (They are JSON values, hence Any, as everywhere in this module.)
    """
    made_here = SERVER_MEMBERS | KINDS[opened["kind"]].derived
    return {name: value for name, value in opened.items() if name not in made_here}


def current(opened: dict[str, Any], version: int) -> dict[str, Any]:
    """A payload of an older content version, brought to today's step by step."""
    for step in KINDS[opened["kind"]].steps[version - 1 :]:
        opened = step(opened)
    return opened


def headline(opened: Payload, revision: int) -> Headline:
    """What trends need of an entry, of the headline class of its kind."""
    return KINDS[opened["kind"]].headline(opened, revision)


def shared_view(opened: Payload, shown: Shown) -> dict[str, Any]:
    """What leaves in a share: without notes no free text, without item answers only scores."""
    kind = KINDS[opened["kind"]]
    hidden: tuple[Place, ...] = ()
    if not shown.notes:
        hidden += kind.free_texts
    if not shown.item_answers:
        hidden += kind.item_answers
    view: Mapping[str, Any] = opened
    for place in hidden:
        view = _without(view, place)
    return dict(view)


def _without(members: Mapping[str, Any], place: Place) -> dict[str, Any]:
    first, *rest = place
    kept = {name: value for name, value in members.items() if name != first}
    if rest and first in members:
        kept[first] = _without(members[first], tuple(rest))
    return kept
