"""Whatever is changed in a chain is found, and where it begins is told."""

import copy
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

import pytest

from app.audit.store_whole import Head
from app.audit.verification import BrokenChain, verify_chains
from app.database import WholeDatabase
from tests.audit import tampering
from tests.audit.chains import (
    Chain,
    a_chain,
    chained_anew,
    heads_of,
    put,
    put_in_place,
    seeded,
    unguarded,
)

pytestmark = pytest.mark.anyio


class Grown(NamedTuple):
    """A chain, and where it ended on two days."""

    chain: Chain
    monday: list[Head]
    tuesday: list[Head]


ONE, TWO, THREE = (UUID(int=number << 64) for number in (1, 2, 3))


async def test_two_hundred_random_changes_are_all_found(whole: WholeDatabase) -> None:
    result = await tampering.tampered(whole, 200, seed=8)
    assert result.missed == []
    assert len(result.tried) > 20


async def test_whole_chains_are_counted_however_many_pages_they_fill(
    whole: WholeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.audit.verification.AT_ONCE", 7)
    chance = seeded(1)
    lengths = [1, 6, 7, 8, 14, 40, 3]
    await put(whole, [a_chain(UUID(int=n + 1), each, chance) for n, each in enumerate(lengths)])
    verified = await verify_chains(whole, await heads_of(whole))
    assert (verified.chains, verified.events, verified.broken) == (7, sum(lengths), 0)
    one = await verify_chains(whole, await heads_of(whole), UUID(int=6))
    assert (one.chains, one.events, one.broken) == (1, 40, 0)
    assert (await verify_chains(whole, (), UUID(int=99))).chains == 0


@pytest.mark.parametrize("pages", [2, 2000])
async def test_the_first_event_that_does_not_fit_is_told(
    whole: WholeDatabase, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    monkeypatch.setattr("app.audit.verification.AT_ONCE", pages)
    chance = seeded(2)
    chains = {each: a_chain(each, 9, chance) for each in (ONE, TWO, THREE)}
    await put(whole, list(chains.values()))
    await unguarded(whole)
    changed = copy.deepcopy(chains[TWO])
    changed.events[4]["object_id"] = "another"
    await put_in_place(whole, [TWO], [changed])
    assert (await verify_chains(whole)).named == [BrokenChain(TWO, 5)]
    assert (await verify_chains(whole, (), TWO)).named == [BrokenChain(TWO, 5)]
    assert (await verify_chains(whole, (), THREE)).named == []
    chained_anew(changed.events, 4)
    await put_in_place(whole, [TWO], [changed])
    assert (await verify_chains(whole)).named == [BrokenChain(TWO, 10)]


@pytest.fixture
async def grown(whole: WholeDatabase) -> Grown:
    """A chain of five events on Monday, of eight on Tuesday."""
    chain = a_chain(ONE, 5, seeded(3))
    await put(whole, [chain])
    await unguarded(whole)
    monday = await heads_of(whole)
    for seq in (6, 7, 8):
        chain.events.append({**chain.events[-1], "seq": seq})
        chained_anew(chain.events, seq - 1)
    chain.head |= {"seq": 8, "hash": chain.events[-1]["hash"]}
    await put_in_place(whole, [ONE], [chain])
    tuesday = await heads_of(whole)
    assert (await verify_chains(whole, [*monday, *tuesday])).broken == 0
    return Grown(chain, monday, tuesday)


async def test_a_tail_that_was_cut_off_is_missed_by_the_heads_of_its_days(
    whole: WholeDatabase, grown: Grown
) -> None:
    del grown.chain.events[6:]
    grown.chain.head |= {"seq": 6, "hash": grown.chain.events[-1]["hash"]}
    await put_in_place(whole, [ONE], [grown.chain])
    assert (await verify_chains(whole, grown.monday)).broken == 0
    both = [*grown.monday, *grown.tuesday]
    assert (await verify_chains(whole, both)).named == [BrokenChain(ONE, 7)]
    assert (await verify_chains(whole, both, ONE)).named == [BrokenChain(ONE, 7)], "asked alone"
    assert (await verify_chains(whole, both, TWO)).broken == 0


async def test_a_chain_written_anew_does_not_go_through_the_heads_of_former_days(
    whole: WholeDatabase, grown: Grown
) -> None:
    grown.chain.events[1]["action"] = "entry.deleted"
    chained_anew(grown.chain.events, 1)
    grown.chain.head["hash"] = grown.chain.events[-1]["hash"]
    await put_in_place(whole, [ONE], [grown.chain])
    assert (await verify_chains(whole)).broken == 0
    assert (await verify_chains(whole, grown.monday)).named == [BrokenChain(ONE, 5)]
    assert (await verify_chains(whole, grown.tuesday)).named == [BrokenChain(ONE, 8)]


async def test_a_chain_that_is_gone_is_missed(whole: WholeDatabase, grown: Grown) -> None:
    await put_in_place(whole, [ONE], [])
    assert (await verify_chains(whole)).chains == 0
    assert (await verify_chains(whole, grown.monday)).named == [BrokenChain(ONE, 1)]


async def test_of_many_broken_chains_the_first_are_named_and_all_counted(
    whole: WholeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.audit.verification.MOST_NAMED", 3)
    chance = seeded(4)
    chains = [a_chain(UUID(int=number), 2, chance) for number in range(1, 6)]
    for chain in chains:
        chain.events[0]["outcome"] = "refused"
        chain.events[0]["digest"] += b"x"
    await put(whole, chains)
    verified = await verify_chains(whole)
    assert (verified.broken, verified.chains) == (5, 5)
    assert [each.seq for each in verified.named] == [1, 1, 1]
    assert all(one < two for one, two in pairwise(verified.named))


@pytest.mark.parametrize("closed", [False, True])
async def test_a_chain_without_events_is_whole_unless_it_is_closed(
    whole: WholeDatabase, *, closed: bool
) -> None:
    chain = a_chain(ONE, 0, seeded(5))
    chain.head |= {"closed": closed}
    await put(whole, [chain])
    assert (await verify_chains(whole)).named == ([BrokenChain(ONE, 1)] if closed else [])


async def test_a_beginning_that_was_another_in_former_days_is_told(whole: WholeDatabase) -> None:
    await put(whole, [a_chain(ONE, 3, seeded(6))])
    found = await verify_chains(whole, [Head(ONE, 0, b"x" * 32)])
    assert found.named == [BrokenChain(ONE, 0)]


async def test_a_number_that_is_left_out_is_told_though_every_hash_fits(
    whole: WholeDatabase,
) -> None:
    chain = a_chain(ONE, 3, seeded(7))
    chain.events[2]["seq"] = 4
    chained_anew(chain.events, 2)
    chain.head |= {"seq": 4, "hash": chain.events[-1]["hash"]}
    await put(whole, [chain])
    assert (await verify_chains(whole)).named == [BrokenChain(ONE, 3)]
