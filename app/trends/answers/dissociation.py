"""Dissociation after one session's dose, from the entries linked to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.journal.kinds import DissociationHeadline, SessionHeadline
from app.trends.schemas.envelope import Caveat
from app.trends.statistics.dissociation_curve import (
    DissociationCurve,
    dissociation_curve,
    pre_intensity,
)

FIRST_MINUTE, LAST_MINUTE = -120, 4320
MINUTE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Course:
    """The curve, unless no entry lies after the dose, and what a reader should know of it."""

    curve: DissociationCurve | None
    caveats: frozenset[Caveat]


def dissociation_course(
    session: SessionHeadline, linked: Sequence[DissociationHeadline], floor: float
) -> Course:
    """Live entries alone; the retrospective ones are used only where there is no live one."""
    near = [e for e in linked if FIRST_MINUTE <= minutes_since_dose(session, e) <= LAST_MINUTE]
    live = [entry for entry in near if not entry.retrospective]
    caveats = {Caveat.OUTSIDE_SESSION_WINDOW} if len(near) < len(linked) else set()
    if near and not live:
        caveats.add(Caveat.RECALLED_ENTRIES)
    used = live or near
    points = [(minutes_since_dose(session, entry), entry.intensity) for entry in used]
    after = [point for point in points if point[0] >= 0]
    if not after:
        return Course(None, frozenset(caveats))
    curve = dissociation_curve(after, pre_intensity(points), _resolved_at(session, used), floor)
    return Course(curve, frozenset(caveats))


def minutes_since_dose(session: SessionHeadline, entry: DissociationHeadline) -> float:
    """The difference of the instants, whatever the clocks on the wall did."""
    return (entry.instant - session.instant).total_seconds() / MINUTE_SECONDS


def _resolved_at(session: SessionHeadline, used: Sequence[DissociationHeadline]) -> float | None:
    """The latest stated minute of being back to usual."""
    stated = [entry.resolved_at for entry in used if entry.resolved_at is not None]
    if not stated:
        return None
    return (max(stated) - session.instant).total_seconds() / MINUTE_SECONDS
