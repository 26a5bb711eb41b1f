"""One row of the session table."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

from app.journal.kinds import DissociationHeadline, SessionHeadline
from app.journal.kinds.session_shapes import SessionExperience
from app.trends.answers.dissociation import Course, dissociation_course
from app.trends.answers.envelope import Members
from app.trends.answers.session_days import before_after, next_day, same_day, session_durability
from app.trends.answers.session_vitals import session_vitals
from app.trends.caveats import OVERLAP_DAYS, in_order
from app.trends.metrics import METRICS, Metric
from app.trends.schemas.envelope import Caveat
from app.trends.schemas.session_row import (
    DissociationCourse,
    RowAdverseEffect,
    SameDayValue,
    SessionRow,
)
from app.trends.series import DaySeries, JournalDays, day_of
from app.trends.sessions import DosedDays
from app.trends.statistics.session_aligned import Neighbours
from app.trends.thresholds import Thresholds

FELT = (Metric.MOOD, Metric.ANXIETY)
COMPARED = (*FELT, Metric.FLASHBACK_COUNT)
THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class TableSource:
    """All that rows are made of, laid out once."""

    journal: JournalDays
    series: Mapping[Metric, DaySeries]
    dosed: DosedDays
    linked: Mapping[str, list[DissociationHeadline]]
    thresholds: Thresholds

    @classmethod
    def of(cls, journal: JournalDays, thresholds: Thresholds) -> "TableSource":
        """Lay out a journal."""
        linked = defaultdict(list)
        for entry in cast("list[DissociationHeadline]", journal.entries("dissociation")):
            if entry.session_id is not None:
                linked[entry.session_id].append(entry)
        series = {metric: journal.series(metric) for metric in COMPARED}
        return cls(journal, series, DosedDays(journal.dosed_sessions()), linked, thresholds)


def session_row(session: SessionHeadline, source: TableSource) -> SessionRow:
    """What was given, and what the days around it hold."""
    near = source.dosed.neighbours(day_of(session))
    floor = source.thresholds.dissociation_floor_points
    course = dissociation_course(session, source.linked.get(session.id, ()), floor)
    return SessionRow(
        **_given(session),
        days_since_previous=near.days_since_previous,
        vitals=session_vitals(session),
        dissociation=_course(course),
        experience=_experience(session),
        adverse_effects=[
            RowAdverseEffect.model_validate({"code": effect.code, "severity": effect.severity})
            for effect in session.adverse_effects
        ]
        or None,
        same_day=_same_day(session, source),
        next_day=[
            value for metric in FELT if (value := next_day(source.series[metric], near)) is not None
        ],
        before_after=[
            before_after(source.series[metric], near, source.thresholds) for metric in COMPARED
        ],
        durability=[
            session_durability(source.series[metric], near, source.thresholds) for metric in FELT
        ],
        caveats=in_order({*course.caveats, *_neighbour_caveats(near)}),
    )


def mg_per_kg(dose_mg: float | None, weight_kg: float | None) -> float | None:
    """Three decimals, half up in decimal arithmetic; None unless both are there."""
    if dose_mg is None or weight_kg is None:
        return None
    exact = Decimal(str(dose_mg)) / Decimal(str(weight_kg))
    return float(exact.quantize(THOUSANDTH, ROUND_HALF_UP))


def _given(session: SessionHeadline) -> Members:
    return {
        "session_id": session.id,
        "date": session.local_date,
        "dose_at": session.occurred_at,
        "status": session.status,
        "substance": session.substance,
        "route": session.route,
        "dose_mg": session.dose_mg,
        "dose_mg_per_kg": mg_per_kg(session.dose_mg, session.weight_kg),
        "phase": session.phase,
        "session_number": session.session_number,
        "setting": session.setting,
        "supervision": session.supervision,
    }


def _same_day(session: SessionHeadline, source: TableSource) -> list[SameDayValue]:
    day = day_of(session)
    values = (
        same_day(metric, session, source.journal.of_kind(METRICS[metric].kind).get(day, ()))
        for metric in FELT
    )
    return [value for value in values if value is not None]


def _course(course: Course) -> DissociationCourse | None:
    return DissociationCourse(**asdict(course.curve)) if course.curve else None


def _experience(session: SessionHeadline) -> SessionExperience | None:
    if session.experience is None:
        return None
    told = {name: value for name, value in asdict(session.experience).items() if value is not None}
    return SessionExperience(**told)


def _neighbour_caveats(near: Neighbours) -> set[Caveat]:
    found = set()
    if near.next_within(OVERLAP_DAYS):
        found.add(Caveat.OVERLAPPING_SESSIONS)
    if near.previous_within(OVERLAP_DAYS):
        found.add(Caveat.SESSION_IN_BASELINE)
    return found
