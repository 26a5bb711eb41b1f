"""What must hold when all phones are quiet."""

from typing import Any

from tests.sync.ledger import MARKED, Ledger, Marker, marker, markers_of
from tests.sync.merging import Content, content_of
from tests.sync.world import World


async def feed_of(world: World) -> list[dict[str, Any]]:
    """The whole feed from the beginning, read by a stranger."""
    changes: list[dict[str, Any]] = []
    page: dict[str, Any] = {"has_more": True, "cursor": 0}
    while page["has_more"]:
        query = {"cursor": page["cursor"]}
        page = (await world.browser.get("/v1/sync/changes", params=query)).json()
        changes += page["changes"]
    return changes


def judge(world: World) -> None:
    """Raises AssertionError when anything was lost, doubled, revived or set back."""
    feed = world.run(feed_of(world))
    revisions = [each["revision"] for each in feed]
    assert revisions == sorted(set(revisions)), "the feed is not in the order of its numbers"
    assert len({each["id"] for each in feed}) == len(feed), "an entry is doubled"
    live = {
        each["id"]: (each["revision"], content_of(each["entry"]))
        for each in feed
        if not each["deleted"]
    }
    _all_are_equal(world, live)
    _nothing_is_lost_or_revived(world.ledger, live, {each["id"] for each in feed} - live.keys())
    for entry_id, (_, content) in live.items():
        _nothing_is_set_back(world.ledger, entry_id, content)
        world.run(_the_history_is_whole(world, entry_id))


def _all_are_equal(world: World, live: dict[str, tuple[int, Content]]) -> None:
    assert live == world.ledger.truth.live(), "the server does not hold what it acknowledged"
    for hand in world.hands:
        rows = hand.phone.rows
        there = {each: (row.base_revision, row.local) for each, row in rows.items()}
        assert there == live, f"{hand.phone.device_id} differs from the server"
        assert not any(row.dirty for row in rows.values())


def _nothing_is_lost_or_revived(
    ledger: Ledger, live: dict[str, tuple[int, Content]], tombstones: set[str]
) -> None:
    # A deletion that a restore took away may still be on its way to a phone: both ends are right.
    either = ledger.perhaps_deleted
    assert live.keys() - either == ledger.created - ledger.deleted - either, "lost or revived"
    assert live.keys().isdisjoint(ledger.deleted)
    assert tombstones <= ledger.deleted | either
    kept = ledger.truth.markers()
    replaced = {before for earlier in ledger.seen_before.values() for before in earlier}
    for held in ledger.held - replaced:
        if held[0] in live:
            assert held in kept, "a text that a phone held is nowhere"


def _nothing_is_set_back(ledger: Ledger, entry_id: str, content: Content) -> None:
    """No value stands that somebody had seen and replaced; none came back after it was gone."""
    for final in markers_of(entry_id, content):
        for newer in ledger.seen_before:
            if ledger.overtaken(final, newer):
                assert ledger.excused(final, newer), f"{final} was replaced by {newer}"
    for member in MARKED:
        check_order(ledger, _course(ledger, entry_id, member))


def _course(ledger: Ledger, entry_id: str, member: str) -> list[Marker]:
    """The values one member had on the server, without repetitions in a row."""
    course: list[Marker] = []
    for _, content in ledger.truth.versions[entry_id]:
        value = marker(entry_id, member, content.get(member))
        if not course or course[-1] != value:
            course.append(value)
    return course


def check_order(ledger: Ledger, course: list[Marker]) -> None:
    """No value follows one whose writer had seen it, and none comes twice."""
    written = [each for each in course if each[2] != "null"]
    for place, value in enumerate(written):
        for before in written[:place]:
            set_back = before == value or ledger.overtaken(value, before)
            assert not set_back or ledger.excused(value, before), f"{value} came after {before}"


async def _the_history_is_whole(world: World, entry_id: str) -> None:
    """The superseded versions, newest first, are exactly those that were acknowledged."""
    found: list[tuple[int, Content]] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        answer = await world.browser.get(f"/v1/entries/{entry_id}/history", params=query)
        page = answer.json()
        found += [(each["revision"], content_of(each["entry"])) for each in page["items"]]
        if "next_cursor" not in page:
            break
        query["cursor"] = page["next_cursor"]
    assert found == world.ledger.truth.versions[entry_id][-2::-1]
