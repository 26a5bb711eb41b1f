"""What the page says, and what it never says."""

import re
from datetime import timedelta
from typing import get_args

import pytest
from msgspec.structs import replace

from app.journal.kinds import KIND_NAMES, AssessmentHeadline, SessionHeadline
from app.journal.kinds.session_shapes import Route, Substance
from app.trends.metrics import Metric
from app.trends.report import wording
from app.trends.report.answers import report_answers
from app.trends.report.footnotes import Footnotes
from app.trends.report.report import UNPRINTABLE_NAME, build_report
from app.trends.report.shared_kinds import KIND_TITLES, SharedKinds
from app.trends.report.weeks import Weeks, weeks
from app.trends.schemas.envelope import Caveat, MethodName
from app.trends.series import JournalDays
from app.trends.statistics.durability import DurabilityStatus
from app.trends.statistics.reliable_change import ChangeVerdict
from app.trends.statistics.slope_words import ChangeWords
from tests.trends.journals import anxiety, dissociation, episode, mood, none_today, phq9, session
from tests.trends.report.pages import (
    JOURNEY_WINDOW,
    LAST,
    crowded_journal,
    journey,
    printed,
    random_journal,
    text_of,
    window_of,
)

NEVER = re.compile(
    r"\b(p|p value|z|because|thanks to|due to|caused?|remission|responders?|relapse|should|must|"
    r"recommend\w*|percentile|risk|streak|you|your|null|none?type|nan|undefined)\b",
    re.IGNORECASE,
)
CODES = (
    (wording.METRIC_NAMES, Metric),
    (wording.CHANGE_WORDS, ChangeWords),
    (wording.VERDICTS, ChangeVerdict),
    (wording.CAVEATS, Caveat),
    (wording.REMARKS, wording.Remark),
    (wording.METHOD_NAMES, MethodName),
    (wording.SUBSTANCES, get_args(Substance.__value__)),
    (wording.ROUTES, get_args(Route.__value__)),
    (KIND_TITLES, KIND_NAMES),
)


@pytest.mark.parametrize(("words", "codes"), CODES)
def test_every_code_has_its_words(words: dict[str, str], codes: list[str]) -> None:
    assert set(words) == set(codes)
    assert all(words.values())


def test_every_end_of_relief_has_its_words() -> None:
    told = {DurabilityStatus.ENDED, DurabilityStatus.CENSORED, *wording.RELIEF_WORDS}
    assert told == set(DurabilityStatus)


@pytest.mark.parametrize("seed", range(6))
def test_no_test_statistic_no_cause_and_no_advice_is_printed(seed: int) -> None:
    text = text_of(printed(random_journal(120, seed), window_of(120)))
    found = NEVER.search(text.replace(wording.TOP_LINE, ""))
    assert not found, found


def test_the_words_of_all_caveats_name_no_cause_and_give_no_advice() -> None:
    told = [*wording.CAVEATS.values(), *wording.REMARKS.values()]
    assert not [text for text in told if NEVER.search(text)]


def test_of_a_gap_nothing_is_claimed_that_nobody_entered() -> None:
    text = text_of(printed(journey(), JOURNEY_WINDOW))
    assert "Harder days are logged less often: gaps need not be good days." in text
    assert "is not a good day" not in text


def test_without_entries_each_section_is_a_sentence() -> None:
    text = text_of(printed([], window_of(90)))
    for sentence in (
        "Completeness No day was logged in these 90 days.",
        "No mood or anxiety was logged in these 90 days.",
        "No report on flashbacks in these 90 days.",
        "No session with a logged day around it in these 90 days.",
        "No session with a dose in these 90 days.",
        "No questionnaire in these 90 days.",
        "No day has a value in these 90 days.",
    ):
        assert sentence in text
    assert "Caveats" not in text


@pytest.mark.parametrize(
    ("n_logged", "told"),
    [
        (0, "Mood 0 of 731 days, 0 %"),
        (3, "Mood 3 of 731 days, 1 %"),
        (728, "Mood 728 of 731 days, 99 %"),
        (731, "Mood 731 of 731 days, 100 %"),
    ],
)
def test_some_days_are_neither_none_nor_all(n_logged: int, told: str) -> None:
    seen = [mood(LAST - timedelta(days=day), 5) for day in range(n_logged)]
    text = text_of(printed([*seen, anxiety(LAST, 5)], window_of(731)))
    assert told in text


def test_one_day_is_no_number_of_days() -> None:
    text = text_of(printed([], window_of(1)))
    assert "Completeness No day was logged on this day." in text
    assert "No session with a dose on this day." in text
    window = window_of(10)
    seen = [*(none_today(LAST - timedelta(days=back)) for back in range(3, 10)), none_today(LAST)]
    answers = report_answers(JournalDays(seen), window)
    told = weeks(answers, Footnotes(), SharedKinds(KIND_NAMES, window))
    assert isinstance(told, Weeks)
    assert "Week of 6 Apr 2026: 1 day logged, no rate." in told.alt


def test_a_week_too_thin_for_a_rate_leaves_a_sentence_and_no_empty_frame() -> None:
    seen = [none_today(LAST), episode(LAST - timedelta(days=1))]
    text = text_of(printed(seen, window_of(2)))
    assert "1 flashback on 2 logged days; no week has the 4 that a rate needs." in text
    assert "bars:" not in text


@pytest.mark.parametrize(
    ("kinds", "sentence"),
    [
        ({"session"}, "Mood and anxiety are not part of what was shared."),
        ({"mood"}, "Flashbacks are not part of what was shared."),
        ({"mood"}, "Sessions are not part of what was shared."),
        ({"mood"}, "Questionnaires are not part of what was shared."),
        ({"session"}, "Daily entries are not part of what was shared."),
        ({"mood"}, "Not part of what was shared: anxiety, flashbacks, dissociation, sessions,"),
    ],
)
def test_what_was_not_shared_is_not_told_as_absent(kinds: set[str], sentence: str) -> None:
    seen = [each for each in journey() if each.kind in kinds]
    assert sentence in text_of(printed(seen, JOURNEY_WINDOW, kinds=kinds))


def test_entries_that_are_not_shared_are_not_read_even_if_they_are_passed() -> None:
    kinds = {"mood", "session"}
    shared = [each for each in journey() if each.kind in kinds]
    page = build_report(shared, JOURNEY_WINDOW, generated_on=LAST, kinds=kinds)
    assert build_report(journey(), JOURNEY_WINDOW, generated_on=LAST, kinds=kinds) == page


def test_without_anxiety_nothing_is_told_of_relief_in_it() -> None:
    text = text_of(printed(journey(), JOURNEY_WINDOW, kinds={"mood", "session"}))
    assert "6.5 – none – 17 Mar 2026" in text
    assert "Relief in mood:" in text
    assert "Relief in anxiety:" not in text


def test_only_what_is_shared_has_a_direction() -> None:
    seen = [mood(LAST - timedelta(days=day), 5) for day in range(30)]
    foot = text_of(printed(seen, window_of(30), kinds={"mood"})).partition("Directions")[2]
    assert "Mood higher" in foot
    assert not re.search("anxiety|nightmares|flashback distress", foot, re.IGNORECASE)


def test_sessions_without_a_value_are_not_called_few() -> None:
    seen = [session(LAST - timedelta(days=day)) for day in range(5)]
    seen.append(mood(LAST, 5))
    text = text_of(printed(seen, window_of(30)))
    assert "Fewer than 4 sessions with a value." in text
    assert "Fewer than 4 sessions." not in text


def test_a_share_tells_that_older_entries_are_left_out() -> None:
    text = text_of(printed(journey(), JOURNEY_WINDOW, caveats={Caveat.TRUNCATED}))
    assert "America/New_York [a] Completeness" in text
    assert "[a] Only the newest entries are included." in text


def test_a_name_is_printed_only_if_given_and_is_no_markup() -> None:
    window = window_of(3)
    assert "· 6 Apr" not in text_of(printed([], window))
    for name in (
        "Zoë Łukasz Ńguyễn",
        "Ελένη",
        "Олена",
        "#panic() *bold* $x$ @ref <a> `raw` //",
        "\\",
    ):
        assert f"{name} · 6 Apr 2026" in text_of(printed([], window, subject_name=name))


def test_a_name_that_no_font_can_write_does_not_stop_the_page() -> None:
    for name in ("静香", "🙂"):
        assert UNPRINTABLE_NAME in text_of(printed([], window_of(3), subject_name=name))


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("Robin\u202e", "Robin"),
        ("\u2069\u2067Robin", "Robin"),
        ("Robin\u200f", "Robin"),
        ("Ro\u200cb\u200din", "Ro\u200cb\u200din"),
    ],
)
def test_a_name_turns_no_words_beside_it(name: str, read: str) -> None:
    assert f"{read} · 6 Apr 2026" in text_of(printed([], window_of(3), subject_name=name))


@pytest.mark.parametrize("name", [" ", "\u202e"])
def test_a_name_of_which_nothing_is_seen_is_none(name: str) -> None:
    assert "· 6 Apr 2026" not in text_of(printed([], window_of(3), subject_name=name))


def test_dissociation_that_did_not_settle_says_until_when() -> None:
    given = session(LAST)
    curve = [
        dissociation(LAST, intensity, hour=10 + minutes / 60, session_id=given.id)
        for minutes, intensity in ((30, 7), (260, 4))
    ]
    text = text_of(printed([given, *curve], window_of(5)))
    assert "ketamine, IV infusion – – – 7 not back at 260 min" in text


def test_the_severest_adverse_effects_are_named_first() -> None:
    effects = [{"code": "nausea", "severity": 1}, {"code": "raised_bp", "severity": 3}]
    text = text_of(printed([session(LAST, adverse_effects=effects)], window_of(5)))
    assert "raised BP 3, nausea 1" in text


def test_a_page_too_full_counts_the_mildest_effects_and_nothing_else_is_lost() -> None:
    text = text_of(printed(crowded_journal(120), window_of(120), paper="letter"))
    assert re.search(r"dissociation 3, (sedation 3, dizziness 3, )?2[24] more", text)
    assert len(re.findall(r"substance unknown, intranasal", text)) == 8


def test_a_session_that_has_only_begun_says_so() -> None:
    begun = session(LAST)
    assert isinstance(begun, SessionHeadline)
    text = text_of(printed([replace(begun, status="in_progress")], window_of(5)))
    assert "8 Apr 2026 (begun)" in text


def test_a_screener_is_named_as_a_questionnaire_without_a_trend() -> None:
    filled = phq9(LAST, 9)
    assert isinstance(filled, AssessmentHeadline)
    screener = replace(filled, instrument="pc-ptsd-5")
    alone = text_of(printed([screener], window_of(5)))
    assert "No questionnaire with a trend in these 5 days. Filled in: PC-PTSD-5." in alone
    assert "No questionnaire in these 5 days." in text_of(printed([], window_of(5)))
    early = replace(screener, local_date=LAST - timedelta(days=9))
    assert "No questionnaire in these 5 days." in text_of(printed([early], window_of(5)))
