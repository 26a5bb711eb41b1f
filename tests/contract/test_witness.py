"""Who looks at every answer notices what is wrong with one."""

import pytest

from tests.contract.paths import Document
from tests.contract.witness import CLOSED, Witness
from tests.service import Service

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("header", CLOSED)
async def test_an_answer_that_is_not_closed_down_is_noticed(
    service: Service, document: Document, header: str
) -> None:
    patient = await service.sign_up()
    answer = await patient.ask("GET", "/v1/devices")
    await Witness(document).see(answer)
    for value in ("", "unsafe-url"):
        answer.headers[header] = value
        with pytest.raises(AssertionError, match=header):
            await Witness(document).see(answer)
    del answer.headers[header]
    with pytest.raises(AssertionError, match=header):
        await Witness(document).see(answer)
