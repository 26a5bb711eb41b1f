"""Passwords count as they were sent, and nothing that was sent adds a line to a mail."""

import unicodedata

import pytest

from tests.service import Service, problem_of, settled

pytestmark = pytest.mark.anyio
DEVICE = {"name": "Phone", "platform": "test"}
PASSWORD = " Ünder seven Birches " + "a quiet lake and a heron " * 4
OTHERS = {
    "without the blanks around it": PASSWORD.strip(),
    "in small letters": PASSWORD.lower(),
    "decomposed": unicodedata.normalize("NFD", PASSWORD),
    "its first 72 bytes": PASSWORD.encode()[:72].decode(),
    "with one more blank": PASSWORD + " ",
    "ended by a NUL": PASSWORD[:40],
}
LINES = ("a@b.example\r\nBcc: c@d.example", "a@b.example\nBcc: c@d.example", "a@b.example\0")
IN_CODE = ("=?us-ascii?q?a=0Ab?=@d.example", "=?utf-8?b?YWxleA==?=@d.example", "a.=?q?=@d.example")
"""What readers of mail take for an address of two lines, for alex, and for code that is broken."""


async def signed_up(service: Service, email: str, password: str = PASSWORD) -> None:
    asked = await service.http.post("/v1/accounts", json={"email": email, "password": password})
    await settled(service)
    code = {"request_id": asked.json()["request_id"], "code": service.mailed_code(email)}
    made = await service.http.post("/v1/accounts/verification", json=code | {"device": DEVICE})
    assert made.status_code == 201, made.text


async def test_a_password_is_compared_exactly_as_it_was_sent(service: Service) -> None:
    email = "heron@patients.example"
    await signed_up(service, email)
    way = {"method": "password", "email": email, "device": DEVICE}
    for name, other in OTHERS.items():
        refused = await service.http.post("/v1/tokens", json=way | {"password": other})
        assert refused.status_code == 401, name
    entered = await service.http.post("/v1/tokens", json=way | {"password": PASSWORD})
    assert entered.status_code == 200


@pytest.mark.parametrize("length", [64, 256])
async def test_a_long_password_lets_in_and_half_of_it_does_not(
    service: Service, length: int
) -> None:
    password = (PASSWORD * 3)[:length]
    email = f"heron{length}@patients.example"
    await signed_up(service, email, password)
    way = {"method": "password", "email": email, "device": DEVICE}
    for sent, status in ((password[:-1], 401), (password, 200)):
        answer = await service.http.post("/v1/tokens", json=way | {"password": sent})
        assert answer.status_code == status


@pytest.mark.parametrize("email", LINES)
async def test_an_address_cannot_add_a_line_to_a_mail(service: Service, email: str) -> None:
    mails = len(service.mailed())
    for path in ("/v1/accounts", "/v1/accounts/recovery"):
        body = {"email": email} | ({"password": PASSWORD} if path == "/v1/accounts" else {})
        refused = await service.http.post(path, json=body)
        assert refused.status_code == 422
        if "\0" not in email:
            assert {place for _, place in problem_of(refused)} == {"/email"}
    await settled(service)
    assert len(service.mailed()) == mails


@pytest.mark.parametrize("email", IN_CODE)
async def test_an_address_that_mail_would_read_as_another_is_none(
    service: Service, email: str
) -> None:
    password = {"email": email, "password": PASSWORD}
    asked = {
        "/v1/accounts": password,
        "/v1/accounts/recovery": {"email": email},
        "/v1/tokens": password | {"method": "password", "device": DEVICE},
    }
    for path, body in asked.items():
        refused = await service.http.post(path, json=body)
        assert problem_of(refused) == {("unknown_value", "/email")}


async def test_the_name_of_a_device_cannot_add_a_line_to_a_mail(service: Service) -> None:
    patient = await service.sign_up()
    way = {"method": "password", "email": patient.email, "password": PASSWORD}
    device = DEVICE | {"name": "Phone\r\nBcc: c@d.example"}
    refused = await service.http.post("/v1/tokens", json=way | {"device": device})
    assert refused.status_code == 422
