"""The rules across the members of a share's draft, and what follows from it. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from app.faults import Fault, fault
from app.journal.kinds.instants import instant_of
from app.journal.scope import Scope
from app.sharing.schemas import MOST_DAYS, ShareDraft, ShareScope

MOST_SNAPSHOT_ENTRIES = 5000
SHORTEST_LIFE = timedelta(seconds=60)
DEFAULT_LIFE = {"passcode": timedelta(days=7), "direct": timedelta(hours=1)}
LONGEST_LIFE = {"passcode": timedelta(days=90), "direct": timedelta(hours=48)}
DAY = timedelta(days=1)
FIRST_DATE, LAST_DATE = date(1900, 1, 1), date(2999, 12, 31)
"""No entry is older; and trends look days past a range, so it ends well before dates do."""

MESSAGES = {
    "mode_not_for_kind": "A direct link is always a snapshot.",
    "passcode_not_for_kind": "A direct link has no passcode.",
    "expires_too_soon": "A link lives for at least a minute.",
    "expires_too_late": "A link with a passcode lives for at most 90 days, a direct one for 48 h.",
    "in_future": "A range begins tomorrow at the latest; its end may lie further ahead.",
    "last_days_not_for_mode": "Only a live link may name a number of days.",
    "out_of_range": "A date lies between 1900 and 2999.",
    "range_given_twice": "Either dates or a number of days, not both.",
    "range_reversed": "The range ends before it begins.",
    "range_too_long": f"A link shows at most {MOST_DAYS} days.",
    "scope_too_large": f"A snapshot holds at most {MOST_SNAPSHOT_ENTRIES} entries.",
}


def judge_draft(draft: ShareDraft, now: datetime, today: date) -> list[Fault]:
    """What forbids the link; `today` is the date in the patient's zone."""
    return [*_kind_faults(draft), *_expiry_faults(draft, now), *_range_faults(draft, today)]


def size_faults(entries: int) -> list[Fault]:
    """What forbids a snapshot of so many entries."""
    return [_fault("scope_too_large", "/scope")] if entries > MOST_SNAPSHOT_ENTRIES else []


def expiry(draft: ShareDraft, now: datetime) -> datetime:
    """When the link ends, in UTC."""
    return instant_of(draft.expires_at) if draft.expires_at else now + DEFAULT_LIFE[draft.kind]


def window(scope: ShareScope, today: date) -> tuple[date, date]:
    """First and last local date that the link shows on a day.

    A live scope with an open end grows with the days; once it would be longer than 731 days its
    oldest ones fall out. Raises ValueError for a scope that `judge_draft` refuses.
    """
    last = scope.last or today
    if scope.last_days is not None:
        return last - timedelta(days=scope.last_days - 1), last
    if scope.first is None:
        raise ValueError("a scope without a beginning")
    too_long = (last - scope.first).days >= MOST_DAYS
    return (last - timedelta(days=MOST_DAYS - 1) if too_long else scope.first), last


def journal_scope(account_id: UUID, scope: ShareScope, today: date) -> Scope:
    """What the reader may read of the patient's journal, and nothing else."""
    first, last = window(scope, today)
    return Scope(
        account_id=account_id,
        kinds=frozenset(scope.kinds),
        first=first,
        last=last,
        notes=scope.include_notes,
        signals=scope.include_signals,
        item_answers=scope.include_assessment_item_answers,
    )


def _kind_faults(draft: ShareDraft) -> Iterator[Fault]:
    if draft.kind == "direct" and draft.mode == "live":
        yield _fault("mode_not_for_kind", "/mode")
    if draft.kind == "direct" and draft.passcode is not None:
        yield _fault("passcode_not_for_kind", "/passcode")


def _expiry_faults(draft: ShareDraft, now: datetime) -> Iterator[Fault]:
    life = expiry(draft, now) - now
    if life < SHORTEST_LIFE:
        yield _fault("expires_too_soon", "/expires_at")
    if life > LONGEST_LIFE[draft.kind]:
        yield _fault("expires_too_late", "/expires_at")


def _range_faults(draft: ShareDraft, today: date) -> Iterator[Fault]:
    scope = draft.scope
    if scope.last_days is not None:
        if scope.first is not None or scope.last is not None:
            yield _fault("range_given_twice", "/scope/last_days")
        if draft.mode == "snapshot":
            yield _fault("last_days_not_for_mode", "/scope/last_days")
        return
    if scope.first is None:
        yield fault("missing", "/scope/from")
    if scope.last is None and draft.mode == "snapshot":
        yield fault("missing", "/scope/to")
    elif scope.first is not None:
        yield from _length_faults(scope, scope.first, today)


def _length_faults(scope: ShareScope, first: date, today: date) -> Iterator[Fault]:
    yield from (
        _fault("out_of_range", place)
        for place, day in (("/scope/from", first), ("/scope/to", scope.last))
        if day is not None and not FIRST_DATE <= day <= LAST_DATE
    )
    if first > today + DAY:
        yield _fault("in_future", "/scope/from")
    last = scope.last or today
    pointer = "/scope/to" if scope.last else "/scope/from"
    if last < first:
        yield _fault("range_reversed", pointer)
    if (last - first).days >= MOST_DAYS:
        yield _fault("range_too_long", pointer)


def _fault(code: str, pointer: str) -> Fault:
    return fault(code, pointer, MESSAGES[code])
