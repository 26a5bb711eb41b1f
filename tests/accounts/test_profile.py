"""The profile is sealed, and changes only from the revision that was read."""

import asyncio
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.accounts.profile import StoredProfile, load_profile, load_recipient
from app.accounts.profile_content import ProfileContent, ProfilePatch, merge_patch, patched
from app.accounts.refusals import ProfileUnreadable
from app.accounts.store_accounts import SealedProfile, fetch_profile, save_profile
from app.audit import Actor
from app.database import Transaction
from app.faults import faults_from
from app.web.problems import InvalidRequest, PreconditionFailed
from tests.accounts.house import House, an_address

pytestmark = pytest.mark.anyio
ACTOR = Actor("device", "here", "request")
# JSON values are whatever JSON holds, hence Any.
Json = dict[str, Any]

PLAN: Json = {
    "warning_signs": ["I stop answering messages"],
    "what_helps": ["cold water", "the long way round the lake"],
    "people": [{"name": "Mika", "phone": "+49 30 1234567"}, {"name": "My sister"}],
    "note": "It passes.\nIt has passed before.",
}


async def a_patient(house: House) -> UUID:
    return (await house.sign_up()).start.device.account_id


async def change(house: House, account_id: UUID, revision: int, patch: Json) -> StoredProfile:
    read = ProfilePatch.model_validate(patch)
    return await house.accounts.profiles.change(account_id, revision, read, ACTOR)


async def test_a_patch_changes_what_it_names_and_counts_up(house: House) -> None:
    account_id = await a_patient(house)
    first = await house.accounts.profiles.get(account_id)
    assert (first.revision, first.content.time_zone) == (1, "UTC")
    await change(house, account_id, 1, {"time_zone": "Europe/Berlin", "crisis_plan": PLAN})
    patch = {"clinic_contact": {"name": "At the park"}, "crisis_plan": {"note": None}}
    await change(house, account_id, 2, patch)
    third = await house.accounts.profiles.get(account_id)
    assert third.revision == 3
    assert third.content.model_dump(exclude_none=True) == {
        "time_zone": "Europe/Berlin",
        "locale": "en",
        "clinic_contact": {"name": "At the park"},
        "crisis_plan": {name: PLAN[name] for name in ("warning_signs", "what_helps", "people")},
    }
    assert [action for action, _, _ in await house.events(account_id)] == [
        "account.created",
        "profile.changed",
        "profile.changed",
    ]


async def test_a_stale_revision_is_refused_with_the_current_tag(house: House) -> None:
    account_id = await a_patient(house)
    await change(house, account_id, 1, {"locale": "de"})
    for stale in (0, 1, 3):
        with pytest.raises(PreconditionFailed) as refused:
            await change(house, account_id, stale, {"locale": "fr"})
        assert refused.value.headers["ETag"] == '"2"'


async def test_of_parallel_changes_of_one_revision_one_wins(house: House) -> None:
    account_id = await a_patient(house)
    answers = await asyncio.gather(
        *(change(house, account_id, 1, {"locale": tag}) for tag in ("de", "fr", "es", "it")),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, PreconditionFailed) for answer in answers) == 3
    assert (await house.accounts.profiles.get(account_id)).revision == 2


async def test_a_patch_that_changes_nothing_keeps_the_revision(house: House) -> None:
    account_id = await a_patient(house)
    for patch in ({}, {"locale": "en"}, {"crisis_plan": None}):
        assert (await change(house, account_id, 1, patch)).revision == 1


async def test_a_contact_without_a_name_is_no_contact(house: House) -> None:
    account_id = await a_patient(house)
    with pytest.raises(InvalidRequest) as refused:
        await change(house, account_id, 1, {"clinic_contact": {"phone": "112"}})
    assert [(f.code, f.pointer) for f in refused.value.faults] == [
        ("missing", "/clinic_contact/name")
    ]


async def test_content_lies_sealed_and_an_old_revision_cannot_be_put_back(house: House) -> None:
    account_id = await a_patient(house)
    await change(house, account_id, 1, {"crisis_plan": PLAN})

    async def read(transaction: Transaction) -> SealedProfile | None:
        return await fetch_profile(transaction, account_id)

    row = await house.database.read(account_id, read)
    assert row is not None
    assert b"lake" not in row.sealed

    async def load(transaction: Transaction, revision: int) -> StoredProfile:
        keys = await house.vault.patient(transaction, account_id)
        await save_profile(transaction, account_id, revision, row.sealed, row.updated_at)
        return await load_profile(transaction, keys, account_id)

    stored = await house.database.write(account_id, partial(load, revision=2))
    assert stored.content.crisis_plan is not None
    for other in (1, 3):
        with pytest.raises(ProfileUnreadable):
            await house.database.write(account_id, partial(load, revision=other))


async def test_mail_goes_to_the_address_in_the_language_of_the_profile(house: House) -> None:
    address = an_address()
    account_id = (await house.sign_up(address)).start.device.account_id
    await change(house, account_id, 1, {"locale": "de-CH"})

    async def load(transaction: Transaction) -> tuple[str, str]:
        keys = await house.vault.patient(transaction, account_id)
        return await load_recipient(transaction, keys)

    assert await house.database.read(account_id, load) == (address, "de-CH")
    await house.sign_in(address)
    assert (await house.mails_to(address))[-1]["Subject"] == "Ein neues Gerät ist angemeldet"


@pytest.mark.parametrize(
    ("patch", "code", "pointer"),
    [
        ({"time_zone": None}, "not_clearable", "/time_zone"),
        ({"time_zone": "Mars/Olympus"}, "unknown_time_zone", "/time_zone"),
        ({"time_zone": "localtime"}, "unknown_time_zone", "/time_zone"),
        ({"locale": "de_AT"}, "unknown_value", "/locale"),
        ({"locale": 5}, "wrong_type", "/locale"),
        ({"mood": 5}, "unknown_member", "/mood"),
        ({"treatment_focus": []}, "too_few", "/treatment_focus"),
        ({"treatment_focus": ["ptsd", "ptsd"]}, "duplicate", "/treatment_focus/1"),
        ({"treatment_focus": ["luck"]}, "unknown_value", "/treatment_focus/0"),
        ({"clinic_contact": {"name": None}}, "not_clearable", "/clinic_contact/name"),
        (
            {"clinic_contact": {"website": "javascript:alert(1)"}},
            "unknown_value",
            "/clinic_contact/website",
        ),
        ({"clinic_contact": {"phone": "1\n2"}}, "unknown_value", "/clinic_contact/phone"),
        ({"crisis_plan": {"people": [{}]}}, "missing", "/crisis_plan/people/0/name"),
        (
            {"crisis_plan": {"people": [{"name": "a", "age": 5}]}},
            "unknown_member",
            "/crisis_plan/people/0/age",
        ),
        ({"crisis_plan": {"note": "x" * 2001}}, "too_long", "/crisis_plan/note"),
    ],
)
def test_each_fault_has_its_code_and_place(patch: Json, code: str, pointer: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ProfilePatch.model_validate(patch)
    assert [(f.code, f.pointer) for f in faults_from(refused.value)] == [(code, pointer)]


def test_a_profile_with_members_that_are_not_known_still_opens() -> None:
    text = '{"time_zone":"UTC","locale":"en","hat_size":58,"clinic_contact":{"name":"a","fax":1}}'
    content = ProfileContent.model_validate_json(text)
    after = patched(content, ProfilePatch.model_validate({"locale": "de"}))
    assert (after.time_zone, after.locale) == ("UTC", "de")


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
NAMES = st.sampled_from("abc")
VALUES = st.recursive(
    SCALARS, lambda inner: st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=3)


def without_nulls(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: without_nulls(each) for name, each in value.items() if each is not None}


@given(OBJECTS, OBJECTS)
def test_a_merge_patch_names_what_it_changes_and_keeps_the_rest(target: Json, patch: Json) -> None:
    target = without_nulls(target)
    merged = merge_patch(target, patch)
    assert merge_patch(merged, patch) == merged
    for name in "abc":
        if name not in patch:
            assert merged.get(name) == target.get(name)
        elif patch[name] is None:
            assert name not in merged
        elif not isinstance(patch[name], dict):
            assert merged[name] == patch[name]
    assert merge_patch({}, patch) == without_nulls(patch)
