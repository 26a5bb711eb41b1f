"""The bearer token: one header, one form, one answer to everything else."""

import pytest

from app.web.identity import BEARER
from tests.web.raw import HOST, ask
from tests.web.sample import TOKEN, an_app

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_right_token_is_let_in(scheme: str) -> None:
    header = (b"authorization", f"{scheme} {TOKEN}".encode())
    assert (await ask(an_app(), headers=[HOST, header])).status == 200


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"",
        b"Bearer",
        b"Bearer ",
        b"Bearer aga_wrong",
        b"Bearer  aga_right",
        b"Bearer aga_right ",
        b"Bearer aga_right, Bearer aga_right",
        b"Basic YTpi",
        b"aga_right",
        b"Token aga_right",
        b"Bearer aga\xe9",
        b"Bearer " + b"x" * 513,
    ],
)
async def test_everything_else_gets_one_answer(value: bytes | None) -> None:
    header = [] if value is None else [(b"authorization", value)]
    answer = await ask(an_app(), headers=[HOST, *header, (b"x-request-id", b"same")])
    reference = await ask(an_app(), headers=[HOST, (b"x-request-id", b"same")])
    assert (answer.status, answer.header(b"www-authenticate")) == (401, b"Bearer")
    assert (answer.body, answer.headers) == (reference.body, reference.headers)
    assert answer.problem()["code"] == "token_invalid"


async def test_public_operation_asks_nobody() -> None:
    assert (await ask(an_app(), target=b"/v1/refusals/limited", headers=[HOST])).status == 429


def test_token_pattern_is_linear() -> None:
    assert BEARER.fullmatch("Bearer " + "=" * 100_000) is None
    assert BEARER.fullmatch("Bearer " + "a" * 512 + "!" * 100_000) is None
