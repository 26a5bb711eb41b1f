"""The read before every answer finds what lies ahead, whatever the zone, which it cannot see."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.clocks import SetClock
from tests.service import Patient, an_entry

pytestmark = pytest.mark.anyio
AWAY = ZoneInfo("Pacific/Kiritimati")


@pytest.mark.parametrize("home", ["Pacific/Pago_Pago", "Europe/Vienna", "Pacific/Kiritimati"])
async def test_a_window_ends_with_the_entry_of_a_traveller_at_any_hour(
    patient: Patient, clock: SetClock, home: str
) -> None:
    """The latest date on earth, up to two after the one at home; a window ends one after it."""
    await patient.set_time_zone(home)
    for _ in range(26):
        there = clock.now.astimezone(AWAY)
        await patient.save(an_entry(occurred_at=there.isoformat(), time_zone=AWAY.key))
        answer = await patient.ask("GET", "/v1/trends/daily?metric=mood")
        tomorrow = clock.now.astimezone(ZoneInfo(home)).date() + timedelta(days=1)
        assert answer.json()["window"]["to"] == str(min(there.date(), tomorrow))
        clock.advance(hours=1)
        await patient.refresh()


async def test_an_appointment_ahead_moves_no_window(patient: Patient, clock: SetClock) -> None:
    ends: list[str] = []
    for draft in (an_entry(), an_entry("session", status="planned")):
        draft["time_zone"] = "UTC"
        draft["occurred_at"] = (clock.now + timedelta(days=len(ends))).isoformat()
        await patient.save(draft)
        answer = await patient.ask("GET", "/v1/trends/daily?metric=mood")
        ends.append(answer.json()["window"]["to"])
    assert ends[0] == ends[1]
