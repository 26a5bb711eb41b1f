"""Entity tags on changes and reads."""

import pytest
from starlette.requests import Request

from app.web.conditional import NO_REVISION, TAG_CHARACTERS, entity_tag, is_fresh, required_match
from app.web.problems import PreconditionRequired
from tests.web.raw import BEARER, HOST, JSON, ask
from tests.web.sample import NOTE_ID, an_app

pytestmark = pytest.mark.anyio

NOTE = f"/v1/notes/{NOTE_ID}".encode()


def request_with(header: bytes, *values: bytes) -> Request:
    """A request with these lines of one header."""
    return Request({"type": "http", "headers": [(header, value) for value in values]})


@pytest.mark.parametrize(
    ("lines", "revision"),
    [
        ([b'"417"'], 417),
        ([b' "417" '], 417),
        ([b'"3", "417"'], 417),
        ([b'"417"', b'"3"'], 417),
        ([b'W/"3", "417"'], 417),
        ([b'"9999999999999999"'], 9999999999999999),
        ([b'W/"417"'], NO_REVISION),
        ([b"417"], NO_REVISION),
        ([b'"0417"'], NO_REVISION),
        ([b'"0"'], NO_REVISION),
        ([b'"-1"'], NO_REVISION),
        ([b'"4 17"'], NO_REVISION),
        ([b'"\xb2"'], NO_REVISION),
        ([b'"99999999999999999"'], NO_REVISION),
        ([b'"417'], NO_REVISION),
        ([b'*, "417x"'], NO_REVISION),
    ],
)
def test_if_match_names_a_revision_or_none(lines: list[bytes], revision: int) -> None:
    assert required_match(request_with(b"if-match", *lines)) == revision


@pytest.mark.parametrize("lines", [[], [b""], [b" , "], [b"*"]])
def test_if_match_must_name_something(lines: list[bytes]) -> None:
    with pytest.raises(PreconditionRequired):
        required_match(request_with(b"if-match", *lines))


@pytest.mark.parametrize(
    ("lines", "fresh"),
    [
        ([b'"417"'], True),
        ([b'W/"417"'], True),
        ([b'"1", "417"'], True),
        ([b'"1"', b'"417"'], True),
        ([b"*"], True),
        ([b'"418"'], False),
        ([b"417"], False),
        ([], False),
    ],
)
def test_if_none_match_compares_weakly(lines: list[bytes], *, fresh: bool) -> None:
    assert is_fresh(request_with(b"if-none-match", *lines), entity_tag(417)) is fresh


async def test_change_without_a_condition_is_428_and_a_stale_one_412() -> None:
    app = an_app()
    for header, status in (
        ([], 428),
        ([(b"if-match", b"*")], 428),
        ([(b"if-match", b'"416"')], 412),
        ([(b"if-match", b'W/"417"')], 412),
        ([(b"if-match", b'"417"')], 200),
    ):
        head = [HOST, BEARER, JSON, (b"content-length", b"2"), *header]
        answer = await ask(app, "PATCH", NOTE, head, [b"{}"])
        assert answer.status == status
        if status == 412:
            assert answer.header(b"etag") == b'"417"'


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
async def test_a_condition_longer_than_the_contract_says_is_refused(name: str) -> None:
    method = "PATCH" if name == "If-Match" else "GET"
    for length, status in ((TAG_CHARACTERS, 200), (TAG_CHARACTERS + 1, 422)):
        tag = b'"417"' if method == "PATCH" else b'"416"'
        head = [HOST, BEARER, (name.lower().encode(), tag.rjust(length, b","))]
        body = [JSON, (b"content-length", b"2")] if method == "PATCH" else []
        answer = await ask(an_app(), method, NOTE, [*head, *body], [b"{}"] if body else [])
        assert answer.status == status
    (fault,) = answer.problem()["errors"]
    assert (fault["parameter"], fault["code"]) == (name, "too_long")


async def test_read_that_is_known_is_304_with_the_tag_and_no_body() -> None:
    app = an_app()
    answer = await ask(app, target=NOTE, headers=[HOST, BEARER, (b"if-none-match", b'"417"')])
    assert (answer.status, answer.body, answer.header(b"etag")) == (304, b"", b'"417"')
    assert answer.header(b"cache-control") == b"private, no-cache"
    assert answer.header(b"content-length") is None
