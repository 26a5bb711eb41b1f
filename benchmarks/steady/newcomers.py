"""Patients of a steady load, all over HTTP: a year of entries, its trends seen, and a link."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx

from benchmarks.load import ask
from benchmarks.steady.phones import DAYS, Changing, Phone, Writing
from benchmarks.steady.requests import Crowd
from tests.process import RunningService, new_device_at
from tests.service import PASSWORD
from tests.sharing.links import taken_apart

AT_ONCE = 4
PUSHED = 200
"""The most that a push takes."""

HISTORY_PUSHES = 2
CHANGING = 4
LINK_LIFE = timedelta(hours=47)


def newcomers(service: RunningService, number: int) -> tuple[list[Phone], Writing]:
    """So many phones, and what they go on to write."""
    writing = Writing.begun()
    with service.client() as http, ThreadPoolExecutor(AT_ONCE) as some:
        phones = [*some.map(lambda _: _signed_up(service, http), range(number))]
        crowd = Crowd(phones, writing, "usual")
        for _ in range(HISTORY_PUSHES):
            for phone in phones:
                deed = crowd.creation(phone, "push", PUSHED)
                if not deed.heard(b"", ask(service.port, deed.request)):
                    raise RuntimeError("an entry of the past was refused")
        list(some.map(lambda each: _know(http, each), phones))
        list(some.map(lambda each: _look_at_trends(service, crowd, each), phones))
        list(some.map(lambda each: _give_link(http, each, writing), phones))
    return phones, writing


def _signed_up(service: RunningService, http: httpx.Client) -> Phone:
    made = new_device_at(http, service.folder)
    return Phone(made["access_token"], made["refresh_token"])


def _know(http: httpx.Client, phone: Phone) -> None:
    """Some entries whose revisions the phone knows, to be changed."""
    query = {"limit": CHANGING}
    page = http.get("/v1/entries", params=query, headers=_signed_in(phone)).raise_for_status()
    phone.changing = [
        Changing(each["id"], each["revision"], each["score"]) for each in page.json()["items"]
    ]


def _look_at_trends(service: RunningService, crowd: Crowd, phone: Phone) -> None:
    """As who has kept a journal for a year did before: its digests are there."""
    ask(service.port, crowd.trend(phone, "trend").request)


def _give_link(http: httpx.Client, phone: Phone, writing: Writing) -> None:
    """A direct link to a snapshot of three months."""
    headers = _signed_in(phone)
    proof = {"method": "password", "password": PASSWORD}
    http.post("/v1/step-up", json=proof, headers=headers).raise_for_status()
    first = writing.last - timedelta(days=DAYS // 4)
    draft = {
        "id": writing.id(writing.take(1)),
        "kind": "direct",
        "mode": "snapshot",
        "scope": {"kinds": ["mood"], "from": str(first), "to": str(writing.last)},
        "expires_at": (datetime.now(UTC) + LINK_LIFE).isoformat(timespec="seconds"),
    }
    made = http.post("/v1/shares", json=draft, headers=headers).raise_for_status()
    phone.link = str(taken_apart(made.json()["link"])["url"]).rpartition("/")[2]


def _signed_in(phone: Phone) -> dict[str, str]:
    return {"Authorization": f"Bearer {phone.token}"}
