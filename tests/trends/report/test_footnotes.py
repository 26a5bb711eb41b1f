"""Caveats and remarks of the page: a letter where they count, a sentence at the foot."""

import re
from datetime import timedelta

from app.trends.answers.slope import slope_trend
from app.trends.metrics import Metric
from app.trends.schemas.envelope import Caveat
from app.trends.series import JournalDays
from tests.trends.journals import dissociation, mood, session
from tests.trends.report.pages import (
    JOURNEY_WINDOW,
    LAST,
    journey,
    printed,
    text_of,
    window_of,
)


def test_a_caveat_is_a_letter_where_it_counts_and_a_sentence_at_the_foot() -> None:
    seen = [mood(LAST - timedelta(days=day), 5) for day in range(3)]
    text = text_of(printed(seen, window_of(30)))
    assert "[a] Fewer than 14 days with a value. [b] Fewer than half of the days" in text
    assert "Mood higher not enough days – – 3 of 30 days [abc]" in text


def test_of_neighbouring_days_the_interval_is_not_said_to_be_adjusted() -> None:
    text = text_of(printed(journey(), JOURNEY_WINDOW))
    assert (
        "] Neighbouring days resemble each other: the words allow for it, "
        "the interval does not and is too narrow."
    ) in text


def test_an_interval_of_nothing_but_0_is_not_printed_as_certainty() -> None:
    values = [4, 5, 4, 5, 4, 4] * 7 + [5, 5, 6, 5, 5, 4] * 8
    seen = [mood(LAST - timedelta(days=89 - place), value) for place, value in enumerate(values)]
    answer = slope_trend(JournalDays(seen), window_of(90), Metric.MOOD)
    assert answer.slope.ci95_per_week == [0, 0]
    assert Caveat.CONSTANT not in answer.caveats
    text = text_of(printed(seen, window_of(90)))
    mark = re.search(r"\[([a-z])\] Many pairs of days are equal: the slope says little", text)
    assert mark
    assert re.search(
        rf"Mood higher no clear change 0\.00 – 90 of 90 days \[[a-z]*{mark[1]}\]", text
    )


def test_of_equal_values_the_interval_is_nothing_but_0() -> None:
    seen = [mood(LAST - timedelta(days=day), 5) for day in range(30)]
    text = text_of(printed(seen, window_of(30)))
    assert "Mood higher no clear change 0.00 0.00 to 0.00 30 of 30 days" in text
    assert "All values are equal." in text
    assert "Many pairs" not in text


def test_caveats_of_sessions_that_are_not_listed_stand_at_the_heading() -> None:
    given = [session(LAST - timedelta(days=10 * back)) for back in range(9)]
    first = given[-1]
    recalled = dissociation(first.local_date, 6, hour=11, late=30, session_id=first.id)
    text = text_of(printed([*given, recalled], window_of(90)))
    assert "1 earlier session not listed." in text
    mark = re.search(r"\[([a-z])\] Dissociation written down afterwards\.", text)
    assert mark
    assert re.search(rf"Last sessions \[[a-z]*{mark[1]}", text)
