"""Flashback episodes by trigger and by context."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from app.journal.kinds import FlashbackHeadline
from app.trends.answers.envelope import Members
from app.trends.schemas.flashbacks import ContextCount, TriggerCount
from app.trends.statistics.central import median

MINIMUM_FOR_MEDIAN = 3


def by_trigger(episodes: Iterable[FlashbackHeadline]) -> list[TriggerCount]:
    """Most episodes first, then by code; an episode counts under each of its triggers."""
    pairs = ((code, episode) for episode in episodes for code in episode.trigger)
    return [TriggerCount(**_counted(code, told)) for code, told in _ranked(pairs)]


def by_context(episodes: Iterable[FlashbackHeadline]) -> list[ContextCount]:
    """Most episodes first, then by code; an episode has one context or none."""
    pairs = ((episode.context, episode) for episode in episodes if episode.context)
    return [ContextCount(**_counted(code, told)) for code, told in _ranked(pairs)]


def _ranked(
    pairs: Iterable[tuple[str, FlashbackHeadline]],
) -> Iterator[tuple[str, Sequence[float]]]:
    """Each code with the distress of its episodes; every episode tells its distress."""
    told: dict[str, list[float]] = defaultdict(list)
    for code, episode in pairs:
        told[code].append(episode.distress or 0)
    return iter(sorted(told.items(), key=lambda item: (-len(item[1]), item[0])))


def _counted(code: str, told: Sequence[float]) -> Members:
    middle = median(told) if len(told) >= MINIMUM_FOR_MEDIAN else None
    return {"code": code, "episodes": len(told), "distress_median": middle}
