"""Challenges, bit by bit: their ids, what they are computed from, and how long they are kept."""

from base64 import urlsafe_b64encode
from functools import reduce
from operator import and_, or_
from uuid import RFC_4122, uuid4

import pytest

from app.accounts.derivation import EPOCH
from app.accounts.passkeys import ceremonies
from app.accounts.passkeys.base64url import from_base64url, to_base64url
from app.accounts.passkeys.ceremonies import MILLISECOND, Ceremony, Challenges
from app.vault import Vault
from app.web.identity import SignedIn
from tests.accounts.house import RING, House
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
RANDOM_BITS = (1 << 80) - 1 & ~(0xF << 76) & ~(0x3 << 62)


def test_an_id_is_a_uuid_of_version_7_with_74_random_bits(clock: SetClock) -> None:
    challenges = Challenges(Vault(RING, clock), clock)
    clock.advance(milliseconds=1)
    ids = [challenges.give(Ceremony.SIGN_IN).id for _ in range(100)]
    assert {(each.version, each.variant) for each in ids} == {(7, RFC_4122)}
    assert {each.int >> 80 for each in ids} == {(clock() - EPOCH) // MILLISECOND}
    numbers = [each.int for each in ids]
    assert reduce(or_, numbers) & RANDOM_BITS == RANDOM_BITS, "each bit is sometimes 1"
    assert reduce(and_, numbers) & RANDOM_BITS == 0, "and sometimes 0"


def test_a_challenge_is_computed_as_it_always_was(clock: SetClock) -> None:
    """While a service is updated, its workers answer to each other's challenges."""
    vault = Vault(RING, clock)
    challenges, device = Challenges(vault, clock), SignedIn(uuid4(), uuid4())
    given = challenges.give(Ceremony.SIGN_IN)
    told = f"sign_in/{given.id}/"
    assert given.value == vault.blind_index("passkey_challenge", told)
    given = challenges.give(Ceremony.STEP_UP, device)
    told = f"step_up/{given.id}/{device.account_id}/{device.device_id}"
    assert given.value == vault.blind_index("passkey_challenge", told)


async def test_an_answered_challenge_is_remembered_a_day_beyond_its_five_minutes(
    house: House, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ceremonies, "SWEEPS_ONE_IN", 1)
    challenges = Challenges(house.vault, clock)
    given = challenges.give(Ceremony.SIGN_IN)

    async def used() -> bool:
        return await house.database.write(None, lambda work: challenges.use(work, given.id))

    assert await used()
    clock.advance(hours=24, minutes=5, milliseconds=-1)
    assert not await used()
    clock.advance(milliseconds=1)
    assert await used()


@pytest.mark.parametrize("length", range(1, 5))
def test_bytes_of_every_length_are_written_without_padding_and_read_again(length: int) -> None:
    for last in range(256):
        raw = bytes([*range(250, 250 + length - 1), last])
        text = to_base64url(raw)
        assert text == urlsafe_b64encode(raw).decode().replace("=", "")
        assert from_base64url(text) == raw
