"""What stands in place of a section that has nothing to show: a sentence, never an empty frame."""

from collections.abc import Collection
from dataclasses import dataclass

from app.journal.kinds.registry import KindName
from app.trends.plain import on_these
from app.trends.window import Window

KIND_TITLES: dict[KindName, str] = {
    "mood": "mood",
    "anxiety": "anxiety",
    "flashback": "flashbacks",
    "dissociation": "dissociation",
    "session": "sessions",
    "assessment": "questionnaires",
}


@dataclass(frozen=True, slots=True)
class SharedKinds:
    """The kinds of entry that the page may tell of: all, or those of a share's scope."""

    kinds: Collection[str]
    window: Window

    def any(self, *kinds: str) -> bool:
        """Whether one of these is there to be told of."""
        return any(kind in self.kinds for kind in kinds)

    def absence(self, nothing: str, hidden: str, *kinds: str) -> str:
        """Why a section is empty: `nothing` was logged, or what is `hidden` was not shared."""
        if not self.any(*kinds):
            return f"{hidden} are not part of what was shared."
        return f"{nothing} {on_these(self.window.n_days)}."

    def left_out(self) -> str | None:
        """Which kinds the page knows nothing of; None when it may tell of all."""
        hidden = [name for kind, name in KIND_TITLES.items() if kind not in self.kinds]
        return f"Not part of what was shared: {', '.join(hidden)}." if hidden else None
