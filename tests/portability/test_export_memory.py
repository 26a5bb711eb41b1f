"""An export takes no more memory for a long journal, and a slow reader holds no writer up."""

import asyncio
import tracemalloc
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from app.audit import Actor
from app.portability.exporting import ExportForm, Exports
from app.web.identity import Authenticator
from tests.service import Patient, Service, an_entry
from tests.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.anyio

ENTRIES, TIMES = 400, 5
NOTE = "A note of some length. " * 20


async def fill(patient: Patient, count: int) -> None:
    """Push many entries with notes."""
    for start in range(0, count, 200):
        items = []
        for _ in range(start, min(start + 200, count)):
            data = an_entry("mood", note=NOTE)
            items.append({"op": "upsert", "id": data.pop("id"), "data": data})
        answer = await patient.ask(
            "POST", "/v1/sync/changes", json={"device_id": "phone", "changes": items}
        )
        assert answer.status_code == 200, answer.text


async def streamed(service: Service, patient: Patient, form: ExportForm) -> AsyncGenerator[bytes]:
    """The portions of an export as the route sends them."""
    await patient.step_up()
    caller = await service.app.state.provided[Authenticator](patient.tokens["access_token"])
    exports: Exports = service.app.state.provided[Exports]
    async with aclosing(exports.stream(caller, form, Actor("device", "test"))) as portions:
        async for portion in portions:
            yield portion


async def peak_of(service: Service, patient: Patient, form: ExportForm) -> tuple[int, int]:
    """The most memory an export took beyond its first portion, and its length, both in bytes."""
    length = start = 0
    tracemalloc.start()
    try:
        async for portion in streamed(service, patient, form):
            if not length:
                tracemalloc.reset_peak()
                start = tracemalloc.get_traced_memory()[0]
            length += len(portion)
        return tracemalloc.get_traced_memory()[1] - start, length
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("form", ["ndjson", "csv", "fhir"])
async def test_memory_does_not_grow_with_the_journal(service: Service, form: ExportForm) -> None:
    few, many = await service.sign_up(), await service.sign_up()
    await fill(few, ENTRIES)
    await fill(many, TIMES * ENTRIES)
    await peak_of(service, few, form)  # what is made at the first use stays
    small, short = await peak_of(service, few, form)
    large, long = await peak_of(service, many, form)
    assert long > (TIMES - 1) * short * 0.8
    assert large < small + 512 * 1024


async def test_a_reader_that_stands_still_lets_the_patient_go_on_writing(
    service: Service, patient: Patient
) -> None:
    await fill(patient, 600)
    portions = streamed(service, patient, "ndjson")
    await anext(portions)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await patient.save(an_entry("mood", note="Written meanwhile."))
    rest = b"".join([portion async for portion in portions])
    assert b"Written meanwhile." not in rest
    assert rest.endswith(b"}}\n")


async def test_a_reader_that_goes_away_leaves_its_place(service: Service, patient: Patient) -> None:
    await fill(patient, 600)
    for _ in range(5):
        portions = streamed(service, patient, "ndjson")
        await anext(portions)
        await portions.aclose()
