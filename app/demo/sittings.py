"""What the patient's phone sends: a check-in for a sitting of several answers, else one entry."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from app.demo.written import Draft, Written

CHECKED_IN = ("mood", "anxiety", "flashback")
SHARED = ("occurred_at", "time_zone")


@dataclass(frozen=True, slots=True)
class Sending:
    """One request: its path, its body, and how many entries it carries."""

    path: str
    body: Draft
    n_entries: int


def sendings(entries: Sequence[Written]) -> Iterator[Sending]:
    """The requests that write a diary, in its order."""
    for _, group in groupby(entries, key=_sitting):
        drafts = [each.draft for each in group]
        if len({each["kind"] for each in drafts}) == len(drafts) > 1:
            yield Sending("/v1/check-ins", _check_in(drafts), len(drafts))
        else:
            yield from (Sending("/v1/entries", draft, 1) for draft in drafts)


def _sitting(written: Written) -> tuple[datetime, str, str]:
    draft = written.draft
    alone = "" if draft["kind"] in CHECKED_IN else draft["id"]
    return written.written_at, draft["occurred_at"], alone


def _check_in(drafts: Sequence[Draft]) -> Draft:
    body: Draft = {name: drafts[0][name] for name in SHARED}
    for draft in drafts:
        body[draft["kind"]] = {
            name: value for name, value in draft.items() if name not in (*SHARED, "kind")
        }
    return body
