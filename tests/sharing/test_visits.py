"""What a reader's request leaves behind: by which way, how it ended, and which tries are told."""

from typing import Any

import pytest

from app.sharing.accesses import Access, Visit, Visitor, access_of
from tests.sharing.journals import SHARE
from tests.sharing.stored_shares import ACCOUNT, drafted, stored

VISITOR = Visitor("program", "a request", "Dr Lee")
WAYS: list[tuple[Any, ...]] = [
    ("passcode", "opened", None, "manifest", 9),
    ("passcode", "opened", "file", "file", None),
    ("passcode", "no_passcode", None, "manifest", 9),
    ("passcode", "wrong_passcode", None, "manifest", 9),
    ("passcode", "refused", None, "manifest", None),
    ("passcode", "refused", "file", "file", None),
    ("direct", "opened", None, "direct", None),
    ("direct", "refused", None, "direct", None),
]


def test_a_visit_leaves_nothing_until_it_is_said() -> None:
    visit = Visit(VISITOR)
    assert visit.left is None
    assert visit.visitor is VISITOR


@pytest.mark.parametrize(("kind", "outcome", "via", "told_via", "tries"), WAYS)
def test_an_access_tells_its_way_and_tries_only_where_a_passcode_was_asked_for(
    kind: str, outcome: Any, via: Any, told_via: Any, tries: int | None
) -> None:
    share = stored(drafted(kind=kind), tries_left=9)
    expected = Access(
        account_id=ACCOUNT,
        share_id=SHARE,
        via=told_via,
        outcome=outcome,
        tries_left=tries,
        visitor=VISITOR,
    )
    assert access_of(share, VISITOR, outcome, via) == expected
    visit = Visit(VISITOR)
    visit.leaves(share, outcome, via)
    assert visit.left == expected
