"""A draft, and when the patient wrote it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

Draft = dict[str, Any]  # JSON, as POST /v1/entries takes it


@dataclass(frozen=True, slots=True)
class Written:
    """A draft and the instant at which it reached the journal."""

    draft: Draft
    written_at: datetime
