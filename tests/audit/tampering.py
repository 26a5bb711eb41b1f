"""Random changes by somebody who has the disk, each of which must be found."""

import copy
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.audit.store_whole import Head
from app.audit.verification import verify_chains
from app.database import WholeDatabase
from tests.audit.chains import (
    EVENT,
    HEAD,
    Chain,
    Values,
    a_chain,
    chained_anew,
    heads_of,
    put,
    put_in_place,
    seeded,
    unguarded,
)

ACCOUNTS = 12
LONGEST = 30
COLUMNS = [column.name for column in EVENT.columns]
HEAD_COLUMNS = [column.name for column in HEAD.columns]


@dataclass(slots=True)
class Result:
    """What was tried, by kind, and what nobody found."""

    tried: dict[str, int] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)


def other(value: Any, chance: random.Random) -> Any:
    """Another value of the type that a column has."""
    match value:
        case bool():
            return not value
        case int():
            return value + chance.choice([-value - 5, -1, 1, 7, 10**6])
        case bytes():
            place = chance.randrange(len(value)) if value else 0
            flipped = bytes([value[place] ^ (1 << chance.randrange(8))]) if value else b"x"
            return chance.choice([value[:place] + flipped + value[place + 1 :], value + b"\0"])
        case str():
            return chance.choice([value + "x", value[:-1] if value else "y", "other"])
        case UUID():
            return UUID(int=value.int ^ (1 << chance.randrange(128)))
        case _:
            return value + timedelta(microseconds=chance.choice([-1, 1, 86_400_000_000]))


def change_event(chain: Chain, chance: random.Random) -> str:
    event, column = chance.choice(chain.events), chance.choice(COLUMNS)
    event[column] = other(event[column], chance)
    taken = [each["seq"] for each in chain.events if each["account_id"] == event["account_id"]]
    if column == "seq" and taken.count(event["seq"]) > 1:
        event["seq"] = len(chain.events) + 3
    return f"event.{column}"


def change_head(chain: Chain, chance: random.Random) -> str:
    column = chance.choice(HEAD_COLUMNS)
    chain.head[column] = other(chain.head[column], chance)
    return f"head.{column}"


def delete_event(chain: Chain, chance: random.Random) -> str:
    del chain.events[chance.randrange(len(chain.events))]
    return "event deleted"


def delete_head(chain: Chain, chance: random.Random) -> str:
    chain.head = {}
    return "head deleted"


def swap_events(chain: Chain, chance: random.Random) -> str:
    one, two = chance.sample(chain.events, 2)
    kept = chance.choice([("seq",), ("seq", "prev"), ("seq", "prev", "hash")])
    before = {name: one[name] for name in kept}, {name: two[name] for name in kept}
    swapped = dict(two), dict(one)
    one.update(swapped[0] | before[0])
    two.update(swapped[1] | before[1])
    return "events swapped"


def add_event(chain: Chain, chance: random.Random) -> str:
    last = chain.events[-1]
    forged = {**chance.choice(chain.events), "seq": last["seq"] + 1, "prev": last["hash"]}
    chain.events.append(forged)
    chained_anew(chain.events, len(chain.events) - chance.choice([0, 1]))
    return "event added"


def cut_tail(chain: Chain, chance: random.Random) -> str:
    del chain.events[chance.randrange(1, len(chain.events)) :]
    last = chain.events[-1]
    chain.head |= {"seq": last["seq"], "hash": last["hash"]}
    return "tail cut off"


def write_anew(chain: Chain, chance: random.Random) -> str:
    start = chance.randrange(len(chain.events))
    event, column = chain.events[start], chance.choice(["at", "actor_id", "action", "object_id"])
    event[column] = other(event[column], chance)
    chained_anew(chain.events, start)
    chain.head["hash"] = chain.events[-1]["hash"]
    return "written anew"


def shorten_anew(chain: Chain, chance: random.Random) -> str:
    start = chance.randrange(len(chain.events) - 1)
    del chain.events[start]
    for place, event in enumerate(chain.events[start:], start=start + 1):
        event["seq"] = place
    chained_anew(chain.events, start)
    last = chain.events[-1]
    chain.head |= {"seq": last["seq"], "hash": last["hash"]}
    return "event taken out, written anew"


def drop_chain(chain: Chain, chance: random.Random) -> str:
    chain.events.clear()
    chain.head = {}
    return "chain dropped"


Change = Callable[[Chain, random.Random], str]
SEEN: tuple[Change, ...] = (
    *(change_event, change_event, change_event, change_head),
    *(delete_event, delete_head, swap_events, add_event),
)
SEEN_AGAINST_ROOTS: tuple[Change, ...] = (cut_tail, write_anew, shorten_anew, drop_chain)


async def tampered(database: WholeDatabase, changes: int, seed: int) -> Result:
    """Change an empty database's chains so often, one change at a time, and look each time."""
    chance, result = seeded(seed), Result()
    chains: dict[UUID, Chain] = {}
    for _ in range(ACCOUNTS):
        account_id = UUID(int=chance.getrandbits(128))
        chains[account_id] = a_chain(account_id, chance.randrange(3, LONGEST), chance)
    await put(database, list(chains.values()))
    await unguarded(database)
    anchored = await heads_of(database)
    assert (await verify_chains(database, anchored)).broken == 0
    for number in range(changes):
        account_id = chance.choice(list(chains))
        changed = copy.deepcopy(chains[account_id])
        roots = number % 3 == 0
        kind = chance.choice(SEEN_AGAINST_ROOTS if roots else SEEN)(changed, chance)
        touched = {account_id, *(row["account_id"] for row in _rows(changed))}
        await put_in_place(database, list(touched), [changed])
        result.tried[kind] = result.tried.get(kind, 0) + 1
        if not await found(database, touched, anchored if roots else ()):
            result.missed.append(f"{number}: {kind}")
        await put_in_place(database, list(touched), [chains[account_id]])
    assert (await verify_chains(database, anchored)).broken == 0
    return result


def _rows(chain: Chain) -> list[Values]:
    return [*chain.events, *([chain.head] if chain.head else [])]


async def found(database: WholeDatabase, touched: set[UUID], anchored: Iterable[Head]) -> bool:
    """Whether the accounts that were touched are told, and no other one is."""
    verified = await verify_chains(database, anchored)
    told = {each.account_id for each in verified.named}
    return verified.broken > 0 and told <= touched
