"""Every operation of the OpenAPI file, tried by everybody who must not get at a patient's data."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from app.database import Database
from tests.access.owner import (
    Owned,
    an_owner,
    bad_credentials,
    everything_of,
    sign_in,
)
from tests.access.requests import (
    BODIES,
    READERS_SECRETS,
    REFUSES_NOBODY,
    Json,
    Operation,
    operations,
    told,
)
from tests.clocks import SetClock
from tests.contract.operations import PUBLIC
from tests.service import Patient, Service

pytestmark = pytest.mark.anyio
OPERATIONS = list(operations())
OF_PATIENTS = [each for each in OPERATIONS if not each.public]
NOBODY = "A" * 43


@pytest.fixture
async def owned(service: Service) -> Owned:
    """The owner."""
    return await an_owner(service)


def test_the_matrix_has_every_operation_and_no_other() -> None:
    assert {each.name for each in OPERATIONS if each.public} <= PUBLIC
    with_body = {each.name for each in OF_PATIENTS if each.has_body}
    assert with_body == BODIES.keys()
    assert len(OF_PATIENTS) > 30


async def the_owner_asks_all(
    service: Service, owned: Owned
) -> AsyncIterator[tuple[Operation, httpx.Response]]:
    """Every operation of patients, to the end of the account; each succeeds."""
    await owned.patient.step_up()
    for operation in OF_PATIENTS:
        places = dict(owned.places)
        if "device_id" in operation.places:  # a new passkey has signed the others out
            places["device_id"] = (await sign_in(service, owned.patient))["device"]["id"]
        answer = await ask(owned.patient, operation, owned, places)
        assert answer.is_success, f"{operation.name}: {answer.text}"
        yield operation, answer


async def test_the_owner_gets_at_everything(service: Service, owned: Owned) -> None:
    """Else the requests of this matrix would prove nothing."""
    async for _ in the_owner_asks_all(service, owned):
        pass


async def test_whoever_has_no_token_of_a_living_device_is_nobody(
    service: Service, owned: Owned, everything: Database, clock: SetClock
) -> None:
    await strangers_are_nobody(service, owned, everything, clock)


async def test_another_patient_gets_at_nothing(
    service: Service, owned: Owned, everything: Database
) -> None:
    other = await service.sign_up()
    await nothing_is_seen_nor_changed(other, owned, everything)


async def test_a_readers_door_opens_for_its_own_secret_alone(
    service: Service, owned: Owned, everything: Database
) -> None:
    await doors_open_for_their_own_secret_alone(service, owned, everything)


async def strangers_are_nobody(
    service: Service, owned: Owned, everything: Database, clock: SetClock
) -> None:
    """Every operation of patients' by whoever has no token of a living device: all the same 401."""
    credentials = await bad_credentials(service, owned, clock)
    nobodys = await service.http.get("/v1/profile")
    # A token that has expired is forgotten when it is met.
    before = await everything_of(everything, owned.account_id, "access_token")
    for operation in OF_PATIENTS:
        for who, credential in credentials.items():
            if credential is None and operation.welcomes_strangers:
                continue
            asked = operation.request(owned, dict(owned.places), '"2"')
            headers = asked.pop("headers") | (
                {} if credential is None else {"Authorization": credential}
            )
            answer = await service.http.request(url=asked.pop("path"), **asked, headers=headers)
            if operation.name in REFUSES_NOBODY:
                stranger = await service.http.request(operation.method, operation.path)
                assert (answer.status_code, answer.content) == (200, stranger.content), who
                continue
            assert answer.status_code == 401, f"{who}: {operation.name}"
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert told(answer) == told(nobodys)
            assert headers_of(answer) == headers_of(nobodys)
    assert await everything_of(everything, owned.account_id, "access_token") == before


async def doors_open_for_their_own_secret_alone(
    service: Service, owned: Owned, everything: Database
) -> None:
    """Every operation of readers' with what else of the owner's somebody may hold: the same 404."""
    secrets = [
        *owned.places.values(),
        owned.patient.tokens["access_token"],
        owned.patient.tokens["refresh_token"],
        owned.link.passcode,
        owned.link.payload["key"],
        owned.link.token.swapcase(),
    ]
    before = await everything_of(everything, owned.account_id)
    for operation in OPERATIONS:
        (*places,) = operation.places
        if not operation.public or not places:
            continue
        assert set(places) <= READERS_SECRETS
        own, swapped = (
            (owned.ticket, owned.link.token)
            if places == ["ticket"]
            else (owned.link.token, owned.ticket)
        )
        unknown = await open_door(service, operation, NOBODY)
        assert unknown.status_code == 404
        for secret in [*secrets, swapped]:
            assert secret != own
            answer = await open_door(service, operation, str(secret))
            assert (answer.status_code, told(answer)) == (404, told(unknown))
    assert await everything_of(everything, owned.account_id) == before


async def open_door(service: Service, operation: Operation, secret: str) -> httpx.Response:
    """What a reader asks."""
    url = operation.path.format(**dict.fromkeys(operation.places, secret))
    body: Json = {"json": {"recipient": "X"}} if operation.has_body else {}
    if any(each["name"] == "recipient" for each in operation.parameters):
        body["params"] = {"recipient": "X"}
    return await service.http.request(operation.method, url, **body)


async def nothing_is_seen_nor_changed(other: Patient, owned: Owned, everything: Database) -> None:
    """Every operation by another patient, on the owner's ids where it takes ids."""
    before = await everything_of(everything, owned.account_id)
    await other.step_up()
    for operation in OF_PATIENTS:
        answer = await ask(other, operation, owned, dict(owned.places))
        assert answer.status_code < 500, f"{operation.name}: {answer.text}"
        sent = answer.request.url.path + answer.request.content.decode()
        for trace in owned.traces:
            assert trace in sent or trace not in answer.text, operation.name
        if operation.places:
            unknown = await ask(
                other, operation, owned, {name: str(uuid4()) for name in owned.places}
            )
            assert (answer.status_code, told(answer)) == (404, told(unknown)), operation.name
            assert headers_of(answer) == headers_of(unknown)
    assert await everything_of(everything, owned.account_id) == before


async def ask(
    patient: Patient, operation: Operation, owned: Owned, places: dict[str, str]
) -> httpx.Response:
    """The request of an operation on these objects, with the tag that fits.

    Of an object that is its owner's; of what everybody has, such as a profile, the caller's.
    """
    etag = ""
    if operation.wants_tag:
        whose = owned.patient if operation.places else patient
        found = await whose.ask("GET", operation.path.format(**owned.places))
        etag = found.headers["ETag"]
    return await patient.ask(**operation.request(owned, places, etag))


def headers_of(answer: httpx.Response) -> dict[str, str]:
    """The headers without what follows from the path and what differs from request to request."""
    differing = ("x-request-id", "content-length")
    return {name: value for name, value in answer.headers.items() if name not in differing}
