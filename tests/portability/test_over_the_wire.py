"""An export over a real socket: whole for a reader who stays, over for one who leaves."""

from pathlib import Path

import httpx

from app.database.streams import MOST_STREAMS
from tests.process import served
from tests.service import PASSWORD, an_entry

ENTRIES = 3000
NOTE = "A note of some length. " * 80
PLAIN = {"Accept-Encoding": "identity"}
"""Compressed, the same notes again and again would fit the sockets."""


def fill(http: httpx.Client) -> None:
    """Push some megabytes, more than sockets hold back."""
    for _ in range(ENTRIES // 200):
        items = []
        for _ in range(200):
            data = an_entry("mood", note=NOTE)
            items.append({"op": "upsert", "id": data.pop("id"), "data": data})
        push = {"device_id": "phone", "changes": items}
        assert http.post("/v1/sync/changes", json=push).status_code == 200


def step_up(http: httpx.Client) -> None:
    """A fresh proof."""
    proof = {"method": "password", "password": PASSWORD}
    assert http.post("/v1/step-up", json=proof).status_code == 200


def test_readers_who_leave_make_room_for_others(own_url: str, tmp_path: Path) -> None:
    with served(own_url, tmp_path) as running, running.client() as http:
        http.headers["Authorization"] = f"Bearer {running.sign_up(http)}"
        fill(http)
        step_up(http)
        for _ in range(2 * MOST_STREAMS):
            with http.stream("GET", "/v1/export", headers=PLAIN) as answer:
                assert answer.status_code == 200
                assert next(answer.iter_bytes(1024))
        whole = http.get("/v1/export")
        assert whole.status_code == 200
        assert whole.text.count("A note of some length.") == ENTRIES * NOTE.count("A note")
        assert http.post("/v1/entries", json=an_entry()).status_code == 201
