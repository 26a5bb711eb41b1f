"""What is sealed of a share opens where it belongs, and comes back as it was chosen."""

import json
from typing import Any
from uuid import UUID

import pytest

from app.sharing.material import Subject
from app.sharing.passcodes import HASHER
from app.sharing.refusals import ShareUnreadable
from app.sharing.sealed import About, Secrets, link_of, opened_share, recipient_place
from app.sharing.shl import Link
from app.vault import Place
from tests.sharing.journals import OTHER_SHARE, SHARE
from tests.sharing.stored_shares import ACCOUNT, KEYS, NOW, SECRETS, drafted, opened_of, stored
from tests.sharing.test_rules import LAST_90

BASE = "https://api.example"
WORDS = {"label": "For Monday", "subject_name": "M.", "private_note": "for Dr Lee"}
ACCESS = UUID("0197c0de-00dd-7000-8000-0000000000dd")


@pytest.mark.parametrize("words", [WORDS, {}])
@pytest.mark.parametrize("draft", [{}, {"mode": "live", "scope": LAST_90}])
def test_what_was_chosen_comes_back(draft: dict[str, Any], words: dict[str, Any]) -> None:
    chosen = drafted(**draft, **words)
    share = opened_of(chosen)
    assert share.about == About(
        scope=chosen.scope,
        label=words.get("label", "Journal"),
        subject_name=words.get("subject_name"),
        private_note=words.get("private_note"),
    )
    assert share.secrets == SECRETS


def test_what_is_sealed_names_its_place_and_holds_nothing_that_was_not_given() -> None:
    row = stored(drafted())
    about = KEYS.open(Place("share", "about", ACCOUNT, str(SHARE)), row.sealed_about)
    assert json.loads(about) == {
        "scope": {
            "kinds": ["mood", "session"],
            "from": "2026-03-01",
            "to": "2026-05-31",
            "include_notes": False,
            "include_signals": False,
            "include_assessment_item_answers": False,
        },
        "label": "Journal",
    }
    assert row.sealed_link is not None
    link = KEYS.open(Place("share", "link", ACCOUNT, str(SHARE)), row.sealed_link)
    assert Secrets.model_validate_json(link) == SECRETS


def test_what_is_sealed_of_one_share_opens_in_no_other() -> None:
    row = stored(drafted())
    with pytest.raises(ShareUnreadable):
        opened_share(KEYS, row._replace(id=OTHER_SHARE))
    with pytest.raises(ShareUnreadable):
        opened_share(KEYS, row._replace(sealed_link=row.sealed_about))


def test_the_name_of_a_reader_belongs_to_one_row_of_one_log() -> None:
    place = recipient_place(ACCOUNT, SHARE, ACCESS)
    assert place == Place("share_access", "recipient", ACCOUNT, f"{SHARE}/{ACCESS}")


def test_a_forgotten_link_has_no_secrets_and_is_no_link() -> None:
    share = opened_of(drafted(), None)
    assert share.secrets is None
    assert link_of(share, BASE) is None


@pytest.mark.parametrize(
    ("members", "flag"),
    [({}, "P"), ({"mode": "live"}, "LP"), ({"kind": "direct"}, "U")],
)
def test_a_link_is_told_with_its_own_flag(members: dict[str, Any], flag: Any) -> None:
    share = opened_of(drafted(**members, label="For Monday"), expires_at=NOW)
    assert link_of(share, BASE) == Link(
        url=f"{BASE}/shl/{SECRETS.token}",
        flag=flag,
        key=SECRETS.key,
        expires_at=NOW,
        label="For Monday",
    )


@pytest.mark.parametrize("mode", ["snapshot", "live"])
def test_a_file_is_made_of_the_scope_and_under_the_name_that_were_chosen(mode: Any) -> None:
    chosen = drafted(mode=mode, **WORDS)
    assert opened_of(chosen).subject() == Subject(
        share_id=SHARE, mode=mode, scope=chosen.scope, subject_name="M."
    )


def test_a_direct_link_has_two_secrets_and_nothing_to_type() -> None:
    secrets = Secrets.made_for(drafted(kind="direct"))
    assert len({secrets.token, secrets.key}) == 2
    assert (len(secrets.token), len(secrets.key)) == (43, 43)
    assert (secrets.passcode, secrets.generated, secrets.verifier) == (None, False, None)


@pytest.mark.parametrize("passcode", [None, "Blue Heron"])
def test_a_passcode_is_kept_with_its_hash_and_with_who_made_it(passcode: str | None) -> None:
    secrets = Secrets.made_for(drafted(**({} if passcode is None else {"passcode": passcode})))
    assert len({secrets.token, secrets.key}) == 2
    assert (len(secrets.token), len(secrets.key)) == (43, 43)
    assert secrets.generated is (passcode is None)
    assert secrets.passcode is not None
    assert passcode in (None, secrets.passcode)
    assert HASHER.verify(secrets.passcode, secrets.verifier or "")
