"""Where help is: the reviewed list, by country, in order, and never older than a year."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from app.safety.resources import (
    CRISIS_RESOURCES,
    OwnContact,
    overdue,
    own_resources,
    region_of,
    resources_due,
)

FIRST_SET = {
    "US": ["988", "911"],
    "CA": ["988", "911"],
    "GB": ["116 123", "999", "112"],
    "IE": ["116 123", "112", "999"],
    "EU": ["112"],
    "AU": ["13 11 14", "000"],
    "NZ": ["1737", "111"],
    "DE": ["0800 111 0 111", "112"],
    "ZZ": [None],
}


@pytest.mark.parametrize("country", FIRST_SET)
def test_each_country_has_its_numbers_crisis_line_first(country: str) -> None:
    answer = CRISIS_RESOURCES.listed(country)
    assert answer.country == country
    assert [each.phone for each in answer.items] == FIRST_SET[country]
    kinds = [each.kind for each in answer.items]
    assert kinds == sorted(kinds)
    assert kinds[-1] == "emergency"
    assert all(each.country == country for each in answer.items)


def test_nothing_stands_in_the_file_that_nobody_would_be_shown() -> None:
    assert {each.country for each in CRISIS_RESOURCES.all} == FIRST_SET.keys()
    ids = [each.id for each in CRISIS_RESOURCES.all]
    assert len(set(ids)) == len(ids)
    for each in CRISIS_RESOURCES.all:
        assert each.id.startswith(each.country.lower() + "-")
        assert re.fullmatch("[A-Z]{2}", each.country)
        assert each.source
        assert each.hours
        assert each.website is None or each.website.startswith("https://")
        assert each.phone is None or re.fullmatch("[0-9 ]+", each.phone)


def test_the_lines_that_read_texts_say_so() -> None:
    texts = {each.id: each.text for each in CRISIS_RESOURCES.all if each.text}
    assert texts == {"us-988": "988", "ca-988": "988", "nz-1737": "1737"}


@pytest.mark.parametrize(
    ("asked", "locale", "country"),
    [
        ("US", "de-DE", "US"),
        ("us", None, "US"),
        ("UK", None, "GB"),
        ("FR", "en-US", "FR"),
        ("BR", "en-US", "ZZ"),
        ("ZZ", "en-US", "ZZ"),
        (None, "en-US", "US"),
        (None, "en_AU", "AU"),
        (None, "de-AT", "AT"),
        (None, "zh-Hant-TW", "ZZ"),
        (None, "en-Latn-NZ", "NZ"),
        (None, "es-419", "ZZ"),
        (None, "en", "ZZ"),
        (None, "en-u-rg-uszzzz", "ZZ"),
        (None, "", "ZZ"),
        (None, None, "ZZ"),
    ],
)
def test_the_country_is_the_one_asked_for_else_that_of_the_locale(
    asked: str | None, locale: str | None, country: str
) -> None:
    assert CRISIS_RESOURCES.country(asked, locale) == country
    assert CRISIS_RESOURCES.listed(asked, locale).country == country


def test_a_country_of_the_union_without_a_list_gets_the_european_number() -> None:
    for country in ("FR", "ES", "PL", "SE"):
        assert [each.id for each in CRISIS_RESOURCES.listed(country).items] == ["eu-112"]
    assert CRISIS_RESOURCES.listed("DE").items[0].id == "de-telefonseelsorge"


def test_anywhere_else_it_is_the_local_number_and_none_is_made_up() -> None:
    (anywhere,) = CRISIS_RESOURCES.listed("JP").items
    assert anywhere.name == "The local emergency number"
    assert anywhere.phone is None
    assert anywhere.hours == "not stated"


def test_a_language_alone_or_an_extension_is_no_region() -> None:
    assert region_of("pt-BR") == "BR"
    assert region_of("br") is None
    assert region_of("en-x-us") is None


def test_a_resource_is_overdue_after_365_days_and_not_before() -> None:
    (one,) = [each for each in CRISIS_RESOURCES.all if each.id == "us-988"]
    day = one.checked_on + timedelta(days=365)
    assert overdue([one], day) == []
    assert overdue([one], day + timedelta(days=1)) == ["us-988"]
    assert overdue(CRISIS_RESOURCES.all, date(2026, 11, 23)) == []


def test_every_number_was_checked_within_a_year_of_today() -> None:
    today = datetime.now(UTC).date()
    assert overdue(CRISIS_RESOURCES.all, today) == []


def test_the_patient_s_own_clinic_and_plan_stand_first() -> None:
    clinic = OwnContact("Lake Clinic", phone="030 1", website="https://lake.example", hours="9-17")
    plan = [OwnContact("Sam", phone="1"), OwnContact("Nobody"), OwnContact("Kim", phone="2")]
    own = own_resources(clinic, plan, "DE", date(2026, 5, 1))
    assert [(each.id, each.kind, each.name) for each in own] == [
        ("own-clinic", "clinic", "Lake Clinic"),
        ("own-plan-1", "crisis", "Sam"),
        ("own-plan-2", "crisis", "Kim"),
    ]
    assert own[0].hours == "9-17"
    assert {each.checked_on for each in own} == {date(2026, 5, 1)}
    assert own_resources(None, [], "DE", date(2026, 5, 1)) == []


def test_the_longest_contact_that_a_profile_takes_is_a_resource() -> None:
    line, number = "x" * 200, "1" * 40
    clinic = OwnContact(line, phone=number, website="https://" + "y" * 192, hours=line)
    own = own_resources(clinic, [OwnContact(line, phone=number)] * 10, "ZZ", date(2026, 5, 1))
    assert len(own) == 11


def test_help_is_due_after_dissociation_assessments_and_beside_signals() -> None:
    assert resources_due("dissociation", has_signals=False)
    assert resources_due("assessment", has_signals=False)
    assert not resources_due("mood", has_signals=False)
    assert resources_due("mood", has_signals=True)
