"""What the journal knows of a kind of entry: one record for each, made in the kind's own file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.journal.kinds.content import Content
from app.journal.kinds.headlines import Headline, Payload

Step = Callable[[dict[str, Any]], dict[str, Any]]
"""Brings an opened payload from one content version to the next. Pure."""

Place = tuple[str, ...]
"""Where a member lies in a payload, from the outside in."""

FREE_TEXTS: tuple[Place, ...] = (("note",), ("tags",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind. Adding one is a file that makes this record, and its line in the unions.

    `free_texts` leave only with the patient's notes, `item_answers` only with the answers of
    questionnaires. `derived` are the members that the server adds for this kind alone. `steps`
    lead from content version 1 upwards, one each.
    """

    name: str
    content: type[Content]
    headline: Callable[[Payload, int], Headline]
    examples: tuple[dict[str, Any], ...]
    free_texts: tuple[Place, ...] = FREE_TEXTS
    item_answers: tuple[Place, ...] = ()
    derived: frozenset[str] = frozenset()
    steps: tuple[Step, ...] = ()

    @property
    def content_version(self) -> int:
        """The version in which payloads of this kind are written today, from 1."""
        return len(self.steps) + 1
