"""Every refusal leaves in one shape, and nothing of the request comes back with it."""

import json

import httpx
import pytest

from app.faults import Fault
from app.web import problems
from app.web.problem_answers import problem_answer
from app.web.problems import (
    InvalidRequest,
    Overloaded,
    Problem,
    RateLimited,
    Refusal,
    Unavailable,
    refusals,
)
from app.web.shape import ShellSettings
from tests.web.raw import HOST, ask, post
from tests.web.sample import NOTE_ID, StorageGone, a_client, an_app

pytestmark = pytest.mark.anyio

FAMILY = [
    kind
    for name in problems.__all__
    if isinstance(kind := getattr(problems, name), type) and issubclass(kind, Refusal)
]


def made(kind: type[Refusal]) -> Refusal:
    """One of its kind."""
    if kind is RateLimited:
        return RateLimited(7)
    if kind is problems.MethodNotAllowed:
        return problems.MethodNotAllowed(["GET"])
    return kind()


@pytest.mark.parametrize("kind", FAMILY)
def test_each_refusal_is_told_as_a_problem(kind: type[Refusal]) -> None:
    answer = problem_answer(made(kind), {})
    problem = Problem.model_validate_json(bytes(answer.body))
    assert (answer.status_code, problem.status, problem.code) == (
        kind.status,
        kind.status,
        kind.code,
    )
    assert problem.type == f"/problems/{kind.code}"
    assert answer.media_type == "application/problem+json"
    assert None not in json.loads(bytes(answer.body)).values()


def test_codes_of_the_family_are_all_different() -> None:
    codes = [kind.code for kind in FAMILY if kind is not Refusal]
    assert len(set(codes)) == len(codes)


def test_refusals_of_a_route_are_declared_by_status() -> None:
    declared = refusals(Unavailable, Overloaded, InvalidRequest)
    assert declared.keys() == {503, 422}
    assert declared[503]["description"] == "`unavailable`, `overloaded`"


async def test_unknown_path_is_a_problem_without_the_path() -> None:
    answer = await ask(an_app(), target=b"/v1/canary?canary=1", headers=[HOST])
    problem = answer.problem()
    assert (answer.status, problem["code"]) == (404, "not_found")
    assert b"canary" not in answer.body
    assert "instance" not in problem


async def test_wrong_method_is_a_problem_with_every_method_that_fits() -> None:
    for method in ("PUT", "HEAD", "OPTIONS", "BREW"):
        answer = await ask(an_app(), method, b"/v1/notes")
        assert answer.problem()["code"] == "method_not_allowed"
        assert answer.header(b"allow") == b"GET, POST"
    answer = await ask(an_app(), "POST", b"/v1/notes/" + NOTE_ID.encode())
    assert answer.header(b"allow") == b"DELETE, GET, PATCH, PUT"


async def test_unforeseen_fault_tells_its_request_id_alone() -> None:
    answer = await ask(an_app(), target=b"/v1/crash?text=canary", headers=[HOST])
    assert answer.problem() == {
        "type": "/problems/internal",
        "title": "Something went wrong here",
        "status": 500,
        "code": "internal",
        "request_id": (answer.header(b"x-request-id") or b"").decode(),
    }


async def test_fault_behind_half_an_answer_ends_it_unfinished() -> None:
    answer = await ask(an_app(), target=b"/v1/broken-stream", headers=[HOST])
    assert (answer.status, answer.finished) == (200, False)
    assert b"internal" not in answer.body


async def test_known_fault_from_below_becomes_its_refusal() -> None:
    app = an_app(ShellSettings(known_faults={StorageGone: Unavailable}))
    answer = await ask(app, target=b"/v1/refusals/storage")
    assert answer.problem()["code"] == "unavailable"
    assert answer.header(b"retry-after") == b"1"
    unknown = await ask(an_app(), target=b"/v1/refusals/storage")
    assert unknown.problem()["code"] == "internal"


async def test_limited_request_learns_when_to_come_again() -> None:
    answer = await ask(an_app(), target=b"/v1/refusals/limited")
    assert (answer.status, answer.header(b"retry-after")) == (429, b"7")


async def test_outside_standard_may_shape_its_own_answer() -> None:
    answer = await ask(an_app(), target=b"/v1/refusals/passcode")
    assert answer.header(b"content-type") == b"application/json"
    body = json.loads(answer.body)
    assert (body["remainingAttempts"], body["code"]) == (3, "passcode_wrong")


async def test_feature_adds_a_code_of_its_own() -> None:
    answer = await post(an_app(), b'{"kind":"walk","steps":0}')
    problem = answer.problem()
    assert (answer.status, problem["code"]) == (409, "note_exists")
    assert (problem["detail"], problem["instance"]) == ("Choose another id.", "/v1/notes")


async def test_invalid_body_names_each_place_and_rule() -> None:
    body = b'{"kind":"rest","comfort":11.0,"tags":["canary",4],"canary":1}'
    answer = await post(an_app(), body)
    assert answer.problem()["code"] == "invalid_request"
    told = {(each["pointer"], each["code"]) for each in answer.problem()["errors"]}
    assert told == {
        ("/comfort", "out_of_range"),
        ("/tags/1", "wrong_type"),
        ("/canary", "unknown_member"),
    }


async def test_types_are_strict() -> None:
    for steps in (b'"4"', b"4.0", b"true", b"null"):
        answer = await post(an_app(), b'{"kind":"walk","steps":' + steps + b"}")
        (fault,) = answer.problem()["errors"]
        assert (fault["pointer"], fault["code"]) == ("/steps", "wrong_type")


async def test_invalid_query_names_the_parameter() -> None:
    async with a_client(an_app()) as client:
        for query, code in {
            "limit=0": "out_of_range",
            "limit=201": "out_of_range",
            "limit=+5": "wrong_type",
            "limit=5.0": "wrong_type",
            "limit=": "wrong_type",
        }.items():
            answer = await client.get(f"/v1/notes?{query}")
            (fault,) = answer.json()["errors"]
            assert (answer.status_code, fault["parameter"], fault["code"]) == (422, "limit", code)


async def test_path_id_that_is_no_uuid_is_not_found() -> None:
    known = await ask(an_app(), target=b"/v1/notes/00000000-0000-0000-0000-000000000000")
    odd = await ask(an_app(), target=b"/v1/notes/canary")
    assert odd.status == known.status == 404
    members = ("type", "title", "code")
    assert [odd.problem()[m] for m in members] == [known.problem()[m] for m in members]
    assert b"canary" not in odd.body
    for form in (f"{{{NOTE_ID}}}", f"urn:uuid:{NOTE_ID}", NOTE_ID.replace("-", "")):
        assert (await ask(an_app(), target=f"/v1/notes/{form}".encode())).status == 404


async def test_long_or_odd_names_of_members_stay_out() -> None:
    for name in ("x" * 300, "a\u202eb", "a\u0007b"):
        body = json.dumps({"kind": "walk", "steps": 1, name: 1}).encode()
        (fault,) = (await post(an_app(), body)).problem()["errors"]
        assert fault["code"] == "unknown_member"
        assert "pointer" not in fault


async def test_a_thousand_faults_are_told_as_the_first_hundred() -> None:
    body = json.dumps({"kind": "walk", "steps": 1} | {f"m{n}": n for n in range(1000)}).encode()
    assert len((await post(an_app(), body)).problem()["errors"]) == 100


def test_faults_of_odd_parameters_are_told_without_the_name() -> None:
    refusal = InvalidRequest(faults=[Fault("unknown_parameter", "No.", parameter="a b<script>")])
    assert b"script" not in bytes(problem_answer(refusal, {}).body)


CANARY = "k4n4ry"


async def test_nothing_of_a_request_comes_back_with_a_refusal() -> None:
    app = an_app(ShellSettings(reader_prefixes=("/shl/",)))
    async with a_client(app) as client:
        answers = [
            await client.post("/v1/notes", json={"kind": CANARY}),
            await client.post("/v1/notes", json={"kind": "walk", "steps": CANARY}),
            await client.post("/v1/notes", json={"kind": "rest", "comfort": 99, "tags": [CANARY]}),
            await client.post("/v1/notes", json=[CANARY]),
            await client.post("/v1/notes", content=CANARY, headers={"Content-Type": CANARY}),
            await client.post(
                "/v1/notes", content=f'"{CANARY}', headers={"Content-Type": "application/json"}
            ),
            await client.get(f"/v1/notes?limit={CANARY}"),
            await client.get(f"/v1/notes?kind={CANARY}"),
            await client.get(f"/v1/notes?cursor={CANARY}"),
            await client.get(f"/v1/notes?limit=1&limit={CANARY}"),
            await client.get(f"/v1/notes/{CANARY}"),
            await client.get(f"/{CANARY}/{CANARY}"),
            await client.get(f"/shl/{CANARY}"),
            await client.put(f"/shl/{CANARY}"),
            await client.get("/v1/notes", headers={"Authorization": f"Bearer {CANARY}"}),
            await client.get("/v1/notes", headers={"Authorization": CANARY}),
            await client.get(f"/v1/crash?text={CANARY}", headers={"X-Request-Id": f"{CANARY}!"}),
            await client.patch(f"/v1/notes/{NOTE_ID}", json={}, headers={"If-Match": CANARY}),
            await client.request(CANARY, "/v1/notes"),
        ]
    for answer in answers:
        assert answer.status_code >= 400
        assert CANARY not in answer.text + str(answer.headers), answer.request.url


async def test_instance_is_the_path_of_a_known_route_with_ids_alone() -> None:
    async with a_client(an_app()) as client:
        patched: httpx.Response = await client.patch(f"/v1/notes/{NOTE_ID}", json={})
        assert patched.json()["instance"] == f"/v1/notes/{NOTE_ID}"


async def test_reader_side_never_tells_its_path() -> None:
    app = an_app(ShellSettings(reader_prefixes=("/shl/",)))
    dead = await ask(app, target=b"/shl/secret-token", headers=[HOST])
    assert b"secret" not in dead.body
    mine = await ask(app, target=f"/shl/{NOTE_ID}".encode(), headers=[HOST])
    assert "instance" not in mine.problem()
