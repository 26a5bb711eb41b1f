"""What a patient did not send is not sent by the next one who signs in on the same phone."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.clocks import SetClock
from tests.node import installed, run, tool
from tests.sdk.test_client_libraries import HERE, LIBRARIES, Server
from tests.service import running

FIRST = ["not sent by the first", "sent by the first"]
SECOND = ["sent by the second"]


class OfTwoPatients(Server):
    """A server that knows two patients, the first of them signed in twice."""

    async def _sign_up(self) -> str:
        async with running(self.database_url, self.folder, SetClock(datetime.now(UTC))) as service:
            first, second = await service.sign_up(), await service.sign_up()
            back = await first.sign_in_again()
            # What the answers hold is for the story to read.
            self.sign_ins: list[dict[str, Any]] = [each.tokens for each in (first, second, back)]
            return str(second.tokens["access_token"])

    def notes(self) -> list[str]:
        """Of the journal that the token opens."""
        return sorted(each["entry"]["note"] for each in self.feed())


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_next_patient_on_a_phone_sends_nothing_of_the_one_before(
    library: str, tmp_path: Path
) -> None:
    installed(HERE)
    server = OfTwoPatients(tmp_path)
    with server.open():
        command = [tool("node"), "two_patients.mjs", library, server.url]
        printed = run([*command, json.dumps(server.sign_ins)], HERE)
        told = json.loads(printed.splitlines()[-1])  # a library prints beside it
        assert server.notes() == SECOND
        server.token = server.sign_ins[-1]["access_token"]
        assert server.notes() == FIRST
    assert told == {"second": SECOND, "kept": FIRST, "back": FIRST}
