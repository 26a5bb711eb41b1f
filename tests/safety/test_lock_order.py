"""A save and an answer to its signal at once, each on a connection of its own."""

import asyncio

import httpx
import pytest

from tests.safety.test_saves import phq9, signals_of
from tests.service import Patient, Service
from tests.sync.recorder import record

pytestmark = pytest.mark.anyio
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
UNTIL_IT_WAITS = 0.3


@on_postgresql
async def test_a_save_and_an_answer_to_its_signal_wait_for_one_another(
    service: Service, patient: Patient
) -> None:
    saved = await patient.save(phq9(2))
    (raised,) = saved["signals"]
    answered: list[asyncio.Task[httpx.Response]] = []

    async def between(statement: str) -> None:
        if statement == "audit.LOCK" and not answered:
            path = f"/v1/signals/{raised['id']}"
            answer = patient.ask("PATCH", path, json={"status": "acknowledged"})
            answered.append(asyncio.create_task(answer))
            await asyncio.sleep(UNTIL_IT_WAITS)

    record(service, between)
    path, match = (
        f"/v1/entries/{saved['entry']['id']}",
        {"If-Match": f'"{saved["entry"]["revision"]}"'},
    )
    mended = {"answers": phq9(0)["answers"], "total": 0}
    changed = await patient.ask("PATCH", path, match, json=mended)
    answer = await answered[0]
    assert (changed.status_code, answer.status_code) == (200, 200)
    assert [each["status"] for each in await signals_of(patient)] == ["superseded"]
