"""Mails say what is needed and nothing of what the app is for."""

import re

import pytest

from app.accounts.letters import Letter, language_for, languages, written

FACTS = {"code": "12345678", "minutes": "10", "when": "2026-06-01 12:00"}
NEVER_SAID = """
ketamin esketamin afterglow journal diary tagebuch symptom mood stimmung anxi angst flashback
dissocia dissozia ptsd ptbs trauma depress clinic klinik praxis doctor arzt ärzt therap treatment
behandl patient health gesund medic medizin arznei infusion crisis krise suicid suizid mental
psych session sitzung dose dosis entry eintrag
""".split()  # noqa: SIM905 - a list of words reads best as words
WITH_CODE = (Letter.SIGN_UP_CODE, Letter.RECOVERY_CODE)
EVERY = [(letter, language) for letter in Letter for language in languages()]


@pytest.mark.parametrize(("letter", "language"), EVERY)
def test_no_mail_names_what_the_app_is_for(letter: Letter, language: str) -> None:
    subject, text = written(letter, language, FACTS)
    said = f"{subject}\n{text}".casefold()
    assert [word for word in NEVER_SAID if word in said] == []


@pytest.mark.parametrize(("letter", "language"), EVERY)
def test_every_letter_has_a_subject_without_a_code_and_a_whole_text(
    letter: Letter, language: str
) -> None:
    subject, text = written(letter, language, FACTS)
    assert 0 < len(subject) < 79
    assert not re.search(r"[0-9]|Subject", subject)
    assert "$" not in text
    assert text.endswith("\n")
    assert max(map(len, text.splitlines())) <= 110


@pytest.mark.parametrize("letter", WITH_CODE)
@pytest.mark.parametrize("language", languages())
def test_a_code_stands_on_a_line_of_its_own(letter: Letter, language: str) -> None:
    assert "\nCode: 12345678\n" in written(letter, language, FACTS).text


@pytest.mark.parametrize("letter", [each for each in Letter if each not in WITH_CODE])
def test_only_the_letters_of_codes_hold_one(letter: Letter) -> None:
    assert all("12345678" not in written(letter, each, FACTS).text for each in languages())


@pytest.mark.parametrize(
    ("locale", "language"),
    [("en", "en"), ("de-AT", "de"), ("DE", "de"), ("sr-Latn-RS", "en"), ("..", "en")],
)
def test_a_locale_without_letters_gets_english_ones(locale: str, language: str) -> None:
    assert language_for(locale) == language
