"""What clients are told of shares: all that was chosen and counted, secrets only of living ones."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.sharing.answers import living_link, manifest_of, shown, shown_accesses, with_secrets
from app.sharing.manifest import ShareManifest, ShareManifestFile
from app.sharing.schemas import Share, ShareAccess, ShareDraft
from app.sharing.sealed import link_of
from app.sharing.serving import Served
from app.sharing.shares import KnownAccess
from app.sharing.store_accesses import StoredAccess
from app.sharing.store_files import FileMark
from tests.sharing.journals import SHARE
from tests.sharing.links import taken_apart
from tests.sharing.stored_shares import NOW, SECRETS, drafted, opened_of, stored

BASE, VIEWER = "https://api.example", "https://view.example/view"
HOUR = timedelta(hours=1)
FILE = FileMark(UUID("0197c0de-00ee-7000-8000-0000000000ee"), 3, b"stamp", NOW - HOUR)
COUNTED: dict[str, Any] = {
    "created_at": NOW - 5 * HOUR,
    "expires_at": NOW + 2 * HOUR,
    "tries_left": 7,
    "openings": 3,
    "first_opened_at": NOW - 4 * HOUR,
    "last_opened_at": NOW - 3 * HOUR,
}
DEATHS: dict[str, dict[str, Any]] = {
    "revoked": {"revoked_at": NOW - HOUR},
    "expired": {"expires_at": NOW},
    "locked": {"tries_left": 0},
    "used_up": {"openings": 4},
}


def everything_chosen(**members: Any) -> ShareDraft:
    """A draft with every member but a passcode."""
    words = {"label": "For Monday", "subject_name": "M.", "private_note": "for Dr Lee"}
    return drafted(max_openings=4, **words, **members)


@pytest.mark.parametrize("kind", ["passcode", "direct"])
def test_everything_is_shown_but_the_secrets(kind: Any) -> None:
    draft = everything_chosen(kind=kind)
    assert shown(opened_of(draft, **COUNTED), NOW) == Share(
        id=SHARE,
        kind=kind,
        mode="snapshot",
        scope=draft.scope,
        expires_at=NOW + 2 * HOUR,
        max_openings=4,
        label="For Monday",
        subject_name="M.",
        private_note="for Dr Lee",
        status="active",
        created_at=NOW - 5 * HOUR,
        tries_left=7,
        openings=3,
        first_opened_at=NOW - 4 * HOUR,
        last_opened_at=NOW - 3 * HOUR,
    )


@pytest.mark.parametrize("mode", ["snapshot", "live"])
def test_a_living_share_is_told_with_its_link_and_its_passcode(mode: str) -> None:
    share = opened_of(everything_chosen(mode=mode), **COUNTED)
    told = with_secrets(share, NOW, BASE, VIEWER)
    plain = shown(share, NOW)
    assert told == plain.model_copy(update={"link": told.link, "passcode": "ABCD2345"})
    assert told.mode == mode
    assert told.link is not None
    assert told.link.startswith(f"{VIEWER}#shlink:/")
    assert taken_apart(told.link)["url"] == f"{BASE}/shl/{SECRETS.token}"


@pytest.mark.parametrize("status", DEATHS)
def test_a_dead_share_is_told_without_secrets_though_they_are_still_kept(status: Any) -> None:
    share = opened_of(everything_chosen(), **{**COUNTED, **DEATHS[status]})
    assert share.secrets is not None
    assert living_link(share, BASE, NOW) is None
    told = with_secrets(share, NOW, BASE, VIEWER)
    assert told == shown(share, NOW)
    assert (told.status, told.link, told.passcode) == (status, None, None)


def test_a_link_lives_until_the_instant_it_ends() -> None:
    share = opened_of(drafted(), expires_at=NOW)
    before = NOW - timedelta(microseconds=1)
    assert living_link(share, BASE, before) == link_of(share, BASE) is not None
    assert living_link(share, BASE, NOW) is None


def test_a_share_whose_link_is_forgotten_is_told_without_one() -> None:
    share = opened_of(drafted(), None)
    assert with_secrets(share, NOW, BASE, VIEWER) == shown(share, NOW)


def test_rows_of_the_log_are_told_as_they_were_written() -> None:
    rows = [
        StoredAccess(SHARE, NOW, "manifest", "wrong_passcode", 9, b"sealed", "program"),
        StoredAccess(SHARE, NOW - HOUR, "file", "opened", None, None, "browser on a computer"),
    ]
    known = [KnownAccess(rows[0], "Dr Lee"), KnownAccess(rows[1], None)]
    assert shown_accesses(known) == [
        ShareAccess(
            at=NOW,
            via="manifest",
            outcome="wrong_passcode",
            tries_left=9,
            recipient="Dr Lee",
            client="program",
        ),
        ShareAccess(
            at=NOW - HOUR,
            via="file",
            outcome="opened",
            tries_left=None,
            recipient=None,
            client="browser on a computer",
        ),
    ]


@pytest.mark.parametrize(("mode", "status"), [("snapshot", "finalized"), ("live", "can-change")])
@pytest.mark.parametrize("embedded", [True, False])
def test_a_manifest_holds_the_file_or_the_place_of_it(
    mode: str, status: Any, *, embedded: bool
) -> None:
    row = stored(drafted(mode=mode))
    served = Served(row, FILE, b"a.b.c", None) if embedded else Served(row, FILE, None, "ticket")
    file = ShareManifestFile(
        content_type="application/fhir+json",
        last_updated=NOW - HOUR,
        embedded="a.b.c" if embedded else None,
        location=None if embedded else f"{BASE}/shl/files/ticket",
    )
    assert manifest_of(served, BASE) == ShareManifest(status=status, files=[file])
