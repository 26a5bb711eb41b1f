"""`getTimeline`."""

from app.journal.kinds import AssessmentHeadline, Headline, SessionHeadline
from app.trends import plain
from app.trends.answers.envelope import Members, envelope, method
from app.trends.caveats import day_caveats
from app.trends.schemas.envelope import Caveat, MethodName, TrendStatus
from app.trends.schemas.timeline import (
    MOST_EVENTS,
    AssessmentEvent,
    NoteEvent,
    SessionEvent,
    Timeline,
    TimelineEvent,
)
from app.trends.series import CORE_KINDS, JournalDays, in_time
from app.trends.window import Window


def timeline(journal: JournalDays, window: Window, *, notes: bool = True) -> Timeline:
    """Sessions of any status, questionnaires and, if wanted, that a note is there; by instant."""
    days = journal.journal_days(window)
    inside = (each for each in journal.headlines if each.local_date in window)
    marked = [each for each in inside if _is_event(each, notes=notes)]
    marked.sort(key=in_time)
    caveats = day_caveats(days, window)
    if len(marked) > MOST_EVENTS:
        caveats.add(Caveat.TRUNCATED)
    events = [_event(each) for each in marked[-MOST_EVENTS:]]
    return Timeline(
        **envelope(
            window,
            days,
            TrendStatus.OK,
            method(MethodName.TIMELINE, {"most_events": MOST_EVENTS}),
            plain.timeline(len(events), len(marked), window.n_days),
            caveats,
        ),
        events=events,
    )


def _is_event(headline: Headline, *, notes: bool) -> bool:
    if headline.kind in CORE_KINDS:
        return notes and headline.has_note
    return headline.kind in ("session", "assessment")


def _event(headline: Headline) -> TimelineEvent:
    mark: Members = {"id": headline.id, "date": headline.local_date, "at": headline.occurred_at}
    if isinstance(headline, SessionHeadline):
        return TimelineEvent(SessionEvent(**mark, **_session(headline)))
    if isinstance(headline, AssessmentHeadline):
        return TimelineEvent(AssessmentEvent(**mark, **_assessment(headline)))
    told: Members = {"type": "note", "kind": headline.kind}
    return TimelineEvent(NoteEvent(**mark, **told))


def _session(session: SessionHeadline) -> Members:
    return {
        "type": "session",
        "status": session.status,
        "substance": session.substance,
        "route": session.route,
        "dose_mg": session.dose_mg,
        "phase": session.phase,
    }


def _assessment(assessment: AssessmentHeadline) -> Members:
    return {
        "type": "assessment",
        "instrument": assessment.instrument,
        "total": assessment.total,
        "band": assessment.band,
    }
