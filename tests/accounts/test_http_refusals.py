"""What the operations refuse over HTTP, in which words, and that nothing is echoed."""

from uuid import uuid4

import httpx
import pytest

from app.accounts.tokens import TokenKind, mint
from tests.accounts.client import DEVICE, Client, Json, code_of, faults_in
from tests.accounts.house import PASSWORD, an_address
from tests.clocks import SetClock

pytestmark = pytest.mark.anyio
MARK = "zebra-crossing"


async def test_refused_credentials_and_tokens_are_401_with_a_challenge(client: Client) -> None:
    await client.sign_up()
    wrong = client.sign_in(password="not the right one at all")
    stranger = client.sign_in(email=an_address())
    proof = {"method": "password", "password": "not the right one at all"}
    answers = [
        (await client.ask("POST", "/v1/tokens", wrong), "credentials_refused"),
        (await client.ask("POST", "/v1/tokens", stranger), "credentials_refused"),
        (await client.ask("POST", "/v1/step-up", proof), "credentials_refused"),
    ]
    for token in ("", MARK, mint(TokenKind.ACCESS))[1:]:
        answer = await client.ask("POST", "/v1/tokens/refresh", {"refresh_token": token})
        answers.append((answer, "refresh_refused"))
    for answer, code in answers:
        assert code_of(answer) == (401, code)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert _but_request_id(answers[0][0]) == _but_request_id(answers[1][0])


def _but_request_id(answer: httpx.Response) -> dict[str, Json]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


async def test_the_eleventh_device_is_409(client: Client) -> None:
    await client.sign_up()
    for _ in range(9):
        await client.ask("POST", "/v1/tokens", client.sign_in())
    answer = await client.ask("POST", "/v1/tokens", client.sign_in())
    assert code_of(answer) == (409, "device_limit_reached")
    answer = await client.ask("POST", "/v1/tokens", client.sign_in(replace_oldest=True))
    assert answer.status_code == 200


async def test_a_wrong_code_is_422_code_refused(client: Client) -> None:
    proof = {"request_id": str(uuid4()), "code": "12345678", "device": DEVICE}
    answer = await client.ask("POST", "/v1/accounts/verification", proof)
    assert code_of(answer) == (422, "code_refused")


@pytest.mark.parametrize(
    ("path", "body", "fault"),
    [
        ("/v1/accounts", {"email": "a@b.example"}, ("missing", "/password")),
        (
            "/v1/accounts",
            {"email": "a@b.example", "password": "x"},
            ("password_too_short", "/password"),
        ),
        (
            "/v1/accounts",
            {"email": "a@b.example", "password": "x" * 257},
            ("password_too_long", "/password"),
        ),
        (
            "/v1/accounts",
            {"email": "a@b.example", "password": "123456789012345"},
            ("password_context", "/password"),
        ),
        ("/v1/accounts", {"email": "a b@c", "password": PASSWORD}, ("unknown_value", "/email")),
        (
            "/v1/accounts",
            {"email": "a@b\r\nBcc: x@y.example", "password": PASSWORD},
            ("unknown_value", "/email"),
        ),
        (
            "/v1/accounts",
            {"email": "a@b.example", "password": PASSWORD, "locale": None},
            ("wrong_type", "/locale"),
        ),
        (
            "/v1/accounts",
            {"email": "a@b.example", "password": PASSWORD, "admin": True},
            ("unknown_member", "/admin"),
        ),
        (
            "/v1/accounts/verification",
            {"request_id": "1", "code": "12345678", "device": DEVICE},
            ("bad_uuid", "/request_id"),
        ),
        (
            "/v1/accounts/verification",
            {"request_id": str(uuid4()), "code": 12345678, "device": DEVICE},
            ("wrong_type", "/code"),
        ),
        (
            "/v1/tokens",
            {"method": "none", "email": "a@b.example", "password": "x", "device": DEVICE},
            ("unknown_value", "/method"),
        ),
        (
            "/v1/tokens",
            {"method": "password", "email": "a@b.example", "password": "x", "device": {}},
            ("missing", "/device/name"),
        ),
        ("/v1/tokens/refresh", {"refresh_token": ""}, ("too_short", "/refresh_token")),
    ],
)
async def test_each_fault_of_a_body_has_its_code_and_place(
    client: Client, path: str, body: Json, fault: tuple[str, str]
) -> None:
    assert fault in faults_in(await client.ask("POST", path, body))


async def test_no_answer_holds_what_was_sent(client: Client) -> None:
    marked = dict.fromkeys(("email", "password", "method", "refresh_token", MARK), MARK)
    for path in ("/v1/accounts", "/v1/accounts/verification", "/v1/tokens", "/v1/tokens/refresh"):
        answer = await client.ask("POST", path, marked)
        assert code_of(answer)[0] in (401, 422)
        assert MARK not in answer.text.replace(f'"/{MARK}"', "")
    await client.sign_up()
    patch = {"time_zone": MARK, "locale": MARK, "crisis_plan": {"note": [MARK]}}
    answer = await client.ask("PATCH", "/v1/profile", patch, If_Match='"1"')
    assert MARK not in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/devices"),
        ("DELETE", "/v1/devices"),
        ("DELETE", "/v1/devices/0197c0de-0001-7000-8000-000000000001"),
        ("POST", "/v1/step-up"),
        ("GET", "/v1/profile"),
        ("PATCH", "/v1/profile"),
    ],
)
async def test_strangers_and_expired_tokens_are_401_everywhere(
    client: Client, clock: SetClock, method: str, path: str
) -> None:
    assert code_of(await client.ask(method, path)) == (401, "token_invalid")
    await client.sign_up()
    clock.advance(minutes=10)
    answer = await client.ask(method, path)
    assert code_of(answer) == (401, "token_invalid")
    assert answer.headers["www-authenticate"] == "Bearer"
