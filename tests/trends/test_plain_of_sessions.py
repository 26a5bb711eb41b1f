"""The sentences on sessions: how long relief lasted, and the days before and after."""

from datetime import date, timedelta

import pytest

from app.journal.kinds import Headline
from app.trends.answers.session_response import session_response
from app.trends.answers.session_table import session_table
from app.trends.metrics import Metric
from app.trends.series import JournalDays
from app.trends.window import Window
from tests.trends.journals import anxiety, dissociation, mood, session

FIRST = date(2026, 3, 2)


def after(days: int) -> date:
    return FIRST + timedelta(days=days)


BEFORE = {-3: 3.0, -2: 3.0, -1: 3.0}


@pytest.mark.parametrize(
    ("later", "following", "sentence"),
    [
        (dict.fromkeys(range(1, 9), 8.0) | {9: 3, 10: 3}, None, "Relief lasted about 9 days."),
        (dict.fromkeys(range(1, 4), 8.0), 4, "At least 3 days, until the next session."),
        ({1: 8.0, 2: 3, 3: 8}, 4, "At least 3 days, until the next session."),
        ({1: 8.0, 3: 8}, 4, "At least 3 days, until the next session."),
        ({1: 8.0, 2: 8, 3: 3}, 4, "At least 2 days."),
        ({1: 8.0, 2: 8}, 4, "At least 2 days."),
        ({1: 8.0, 2: 8}, 12, "At least 2 days."),
        (dict.fromkeys(range(1, 4), 8.0), None, "At least 3 days."),
        ({1: 8.0, 2: 3, 3: 3}, None, "Relief lasted about 2 days."),
        ({1: 3.0}, None, "1 session in these 13 days."),
    ],
)
def test_one_session_tells_how_long_relief_lasted(
    later: dict[int, float], following: int | None, sentence: str
) -> None:
    seen = [mood(after(10 + day), value) for day, value in (BEFORE | later).items()]
    seen += [session(after(10))] + ([session(after(10 + following))] if following else [])
    assert session_table(JournalDays(seen), Window(FIRST, after(12), "UTC")).plain == sentence


def test_relief_of_anxiety_is_told_where_mood_has_none() -> None:
    seen = [anxiety(after(day), 8) for day in (7, 8, 9)]
    seen += [anxiety(after(day), 3) for day in (11, 12)] + [session(after(10))]
    assert session_table(JournalDays(seen), Window(FIRST, after(12), "UTC")).plain == (
        "At least 2 days of relief in anxiety."
    )


APART = 21
ENDED = {-3: 8.0, -2: 8, -1: 8, 1: 3, 2: 3, 3: 3, 4: 8, 5: 8}
NOT_SEEN = {-3: 8.0, -2: 8, -1: 8, 1: 3, 2: 3}
NO_RELIEF = {-3: 8.0, -2: 8, -1: 8, 1: 8, 2: 8}


def over_sessions(*stories: dict[int, float], turned: bool = False) -> str:
    """What the table says of sessions three weeks apart, by the anxiety around each.

    Mirrored to moods with `turned`.
    """
    seen: list[Headline] = []
    for place, story in enumerate(stories):
        dosed = APART * place + 10
        for day, value in story.items():
            on = after(dosed + day)
            seen.append(mood(on, 10 - value) if turned else anxiety(on, value))
        seen.append(session(after(dosed)))
    return session_table(JournalDays(seen), Window(FIRST, after(APART * 12), "UTC")).plain


@pytest.mark.parametrize(
    ("stories", "sentence"),
    [
        ([ENDED] * 3, "Relief ended after about 4 days in 3 of 3 sessions."),
        (
            [ENDED] * 3 + [NOT_SEEN] * 7,
            "Relief ended after about 4 days in 3 of 10 sessions; in 7 its end was not seen.",
        ),
        ([ENDED] * 3 + [NO_RELIEF], "Relief ended after about 4 days in 3 of 4 sessions."),
        (
            [ENDED] * 4 + [NO_RELIEF, NOT_SEEN, {}],
            "Relief ended after about 4 days in 4 of 7 sessions; in 1 its end was not seen.",
        ),
        ([ENDED] * 2 + [NOT_SEEN] * 7, "9 sessions in these 253 days."),
    ],
)
def test_relief_over_sessions_says_of_how_many_it_is_known(
    stories: list[dict[int, float]], sentence: str
) -> None:
    assert over_sessions(*stories, turned=True) == sentence


def test_relief_over_sessions_names_the_anxiety_that_it_is_of() -> None:
    assert over_sessions(*[ENDED] * 3, NOT_SEEN) == (
        "Relief in anxiety ended after about 4 days in 3 of 4 sessions; in 1 its end was not seen."
    )


def test_two_sessions_of_one_date_are_one_for_its_days() -> None:
    seen = [session(after(APART * place + 10), hour=hour) for place in range(3) for hour in (9, 15)]
    days = [(APART * place + 10 + day, value) for place in range(3) for day, value in ENDED.items()]
    seen += [anxiety(after(day), value) for day, value in days]
    assert session_table(JournalDays(seen), Window(FIRST, after(99), "UTC")).plain == (
        "Relief in anxiety ended after about 4 days in 3 of 3 sessions."
    )


def test_one_session_without_days_tells_the_way_back() -> None:
    dose = session(after(0), hour=10)
    curve = [(10.5, 6), (11.5, 4), (12.5, 1)]
    seen = [dissociation(after(0), value, hour=at, session_id=dose.id) for at, value in curve]
    found = session_table(JournalDays([dose, *seen]), Window(FIRST, after(5), "UTC"))
    assert found.plain == "Back to usual after about 2.5 hours."


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ([], "No session in this time."),
        ([(3, 6)], "The days around 1 session."),
        (
            [(3, 6), (4, 7)],
            "Around 2 sessions: 3.5 (3 to 4) the day before, 6.5 (6 to 7) the day after "
            "(middle values and ranges).",
        ),
        (
            [(3, 6), (3, 7)],
            "Around 2 sessions: 3 the day before, 6.5 (6 to 7) the day after "
            "(middle values and ranges).",
        ),
        (
            [(3, 6), (4, 7), (None, 9), (1, None), (None, None)],
            "Around 2 of 5 sessions: 3.5 (3 to 4) the day before, 6.5 (6 to 7) the day after "
            "(middle values and ranges).",
        ),
        ([(3, 6), (None, 9), (1, None)], "The days around 3 sessions."),
        ([(None, 9), (None, 8), (1, None), (2, None)], "The days around 4 sessions."),
    ],
)
def test_the_days_before_and_after_are_those_of_the_same_sessions(
    days: list[tuple[float | None, float | None]], sentence: str
) -> None:
    seen: list[Headline] = []
    for place, (before, later) in enumerate(days):
        dosed = APART * place + 10
        told = ((dosed - 1, before), (dosed + 1, later))
        seen += [mood(after(day), value) for day, value in told if value is not None]
        seen.append(session(after(dosed)))
    found = session_response(JournalDays(seen), Window(FIRST, after(200), "UTC"), Metric.MOOD)
    assert found.plain == sentence
