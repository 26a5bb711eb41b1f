"""What patients, networks, browsers and operators do, each by a throw of dice."""

from collections.abc import Callable
from random import Random

from tests.sync.faulty_line import Fault
from tests.sync.ledger import MARKED
from tests.sync.merging import Content
from tests.sync.world import Hand, World

Deed = Callable[[World, Hand, Random], None]
WRONG_SCORE = 99


def write(world: World, hand: Hand, dice: Random) -> None:
    """A new entry."""
    entry_id = world.new_id()
    hand.phone.write(entry_id, world.mood(entry_id))


def edit(world: World, hand: Hand, dice: Random) -> None:
    """One member of a known entry is written anew, or cleared."""
    found = _some_entry(hand, dice)
    if found:
        entry_id, content = found
        member, clear = dice.choice(MARKED), dice.random() < 0.2
        hand.phone.write(entry_id, world.changed(entry_id, content, member, clear=clear))


def write_what_is_refused(world: World, hand: Hand, dice: Random) -> None:
    """A fault of the app: a score that the server rejects."""
    found = _some_entry(hand, dice)
    if found:
        entry_id, content = found
        hand.phone.write(entry_id, content | {"score": WRONG_SCORE})


def mend(world: World, hand: Hand, dice: Random) -> None:
    """The patient mends what was rejected."""
    for entry_id, row in hand.phone.rows.items():
        if row.local is not None and row.local["score"] == WRONG_SCORE:
            hand.phone.write(entry_id, row.local | {"score": dice.randint(0, 10)})


def delete(world: World, hand: Hand, dice: Random) -> None:
    """A known entry is deleted."""
    found = _some_entry(hand, dice)
    if found:
        hand.phone.remove(found[0])
        world.ledger.deleted.add(found[0])


def pull(world: World, hand: Hand, dice: Random) -> None:
    """One page, over a line that may fail."""
    if hand.waiting is None:
        hand.line.fault = _some_fault(dice)
        world.attempt(hand.phone.pull_page())


def send(world: World, hand: Hand, dice: Random) -> None:
    """A few dirty rows leave; the answer is looked at later, or never."""
    batch = hand.phone.outbox()[: dice.randint(1, 4)]
    if batch and hand.waiting is None:
        hand.line.fault = _some_fault(dice)
        answer = world.attempt(hand.phone.send(batch))
        hand.waiting = (batch, answer) if answer else None


def look_at_the_answer(world: World, hand: Hand, dice: Random) -> None:
    """What came back is taken in; other things may have happened since."""
    if hand.waiting is not None:
        waiting, hand.waiting = hand.waiting, None
        world.attempt(hand.phone.take_results(*waiting))


def forget_the_answer(world: World, hand: Hand, dice: Random) -> None:
    """The app is ended before it could look."""
    hand.waiting = None


def sync(world: World, hand: Hand, dice: Random) -> None:
    """A whole round, one of whose requests may fail."""
    if hand.waiting is None:
        hand.line.fault = _some_fault(dice)
        world.attempt(hand.phone.sync())


def deliver_late(world: World, hand: Hand, dice: Random) -> None:
    """A request that was given up arrives after all."""
    if hand.line.late:
        world.run(hand.line.deliver_late(dice.randrange(len(hand.line.late))))


def browser_edits(world: World, hand: Hand, dice: Random) -> None:
    """A change of a single entry outside the sync."""
    ids = sorted(world.ledger.truth.versions)
    if ids:
        member, clear = dice.choice(MARKED), dice.random() < 0.2
        world.run(world.browse(dice.choice(ids), member, clear=clear))


def browser_writes(world: World, hand: Hand, dice: Random) -> None:
    """A new entry outside the sync."""
    world.run(world.browser_writes(world.new_id()))


def browser_deletes(world: World, hand: Hand, dice: Random) -> None:
    """A deletion outside the sync."""
    ids = sorted(world.ledger.truth.versions)
    if ids:
        world.run(world.browser_deletes(dice.choice(ids)))


def back_up(world: World, hand: Hand, dice: Random) -> None:
    """A copy of the database is made."""
    world.back_up()


def restore(world: World, hand: Hand, dice: Random) -> None:
    """The database is lost and an older copy takes its place."""
    if world.restored:
        world.restore()


WEIGHTS: dict[Deed, int] = {
    write: 5,
    edit: 24,
    write_what_is_refused: 2,
    mend: 2,
    delete: 3,
    pull: 12,
    send: 14,
    look_at_the_answer: 10,
    forget_the_answer: 2,
    sync: 4,
    deliver_late: 4,
    browser_edits: 8,
    browser_writes: 1,
    browser_deletes: 1,
    back_up: 1,
    restore: 1,
}
DEEDS = (list(WEIGHTS), list(WEIGHTS.values()))


def _some_entry(hand: Hand, dice: Random) -> tuple[str, Content] | None:
    live = [(each, row.local) for each, row in hand.phone.rows.items() if row.local is not None]
    return dice.choice(live) if live else None


def _some_fault(dice: Random) -> Fault:
    return Fault.NONE if dice.random() < 0.5 else dice.choice(list(Fault))
