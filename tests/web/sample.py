"""A small app behind the whole shell, with one route for each thing the shell has to do."""

from typing import Annotated, Literal
from uuid import UUID

import httpx
from fastapi import APIRouter, Depends, FastAPI, Query
from pydantic import BaseModel, ConfigDict, Field, RootModel
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.web.answers import json_answer, no_content, not_modified, page_json
from app.web.conditional import (
    CONDITIONAL_READ,
    ExpectedRevision,
    answer_unless_known,
    entity_tag,
    is_fresh,
)
from app.web.identity import PUBLIC, Authenticator, CurrentPatient, SignedIn
from app.web.paging import DEFAULT_LIMIT, PageCursor, PageLimit, decode_cursor, encode_cursor
from app.web.problems import (
    MethodNotAllowed,
    NotFound,
    PreconditionFailed,
    RateLimited,
    Refusal,
    StepUpRequired,
    TokenInvalid,
    refusals,
)
from app.web.provide import provided
from app.web.routing import PathId, StrictRoute, json_body, takes
from app.web.shape import ShellSettings, build_shell

TOKEN = "aga_right"
PATIENT = SignedIn(UUID(int=1), UUID(int=2))
NOTE_ID = "01890a5d-ac96-774b-bcce-b302099a8057"
CURRENT_REVISION = 417


class Strict(BaseModel):
    """Strict types, no unknown members."""

    model_config = ConfigDict(strict=True, extra="forbid")


Score = Annotated[float, Field(ge=0, le=10, multiple_of=0.5)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]


class WalkDraft(Strict):
    """A walk as a client makes it."""

    kind: Literal["walk"]
    steps: Annotated[int, Field(ge=0, le=100_000)]
    note: Text | None = None


class RestDraft(Strict):
    """A rest as a client makes it."""

    kind: Literal["rest"]
    comfort: Score
    tags: Annotated[list[Annotated[str, Field(max_length=32)]], Field(max_length=10)] | None = None


class NoteDraft(RootModel[Annotated[WalkDraft | RestDraft, Field(discriminator="kind")]]):
    """Anything a client may note."""


class NotePatch(Strict):
    """Members of a walk that may change."""

    note: Text | None = None


class Note(BaseModel):
    """A note as it is read."""

    id: UUID
    revision: Annotated[int, Field(ge=1, le=2**53 - 1)]
    note: Text | None = None


class NotePage(BaseModel):
    """A page of notes."""

    items: Annotated[list[Note], Field(max_length=200)]
    next_cursor: Annotated[str, Field(max_length=512)] | None = None


class Greeting(BaseModel):
    """What a share's reader sees."""

    text: Text


class NoteExists(Refusal):
    """The id is taken."""

    status = 409
    code = "note_exists"
    title = "A note with this id exists"


class PasscodeWrong(Refusal):
    """An answer whose shape an outside standard fixes."""

    status = 401
    code = "passcode_wrong"
    title = "The passcode is not right"
    media_type = "application/json"


class StorageGone(Exception):
    """A fault from below the web."""


class Greeter:
    """Something made at start."""

    greeting = "hello"


notes = APIRouter(route_class=StrictRoute, tags=["Notes"])
reader = APIRouter(route_class=StrictRoute, tags=["Reader"])


@notes.post("/v1/notes", status_code=201, response_model=Note, responses=refusals(NoteExists))
async def create_note(caller: CurrentPatient, draft: NoteDraft) -> Response:
    """Save a note.

    The same again is harmless.
    """
    if isinstance(draft.root, WalkDraft) and draft.root.steps == 0:
        raise NoteExists("Choose another id.")
    return json_answer(Note(id=UUID(NOTE_ID), revision=1), 201)


@notes.put("/v1/notes/{note_id}", response_model=Note)
@takes(NoteDraft)
async def replace_note(request: Request, caller: CurrentPatient, note_id: PathId) -> Response:
    """Put a note in the place of another."""
    assert isinstance(json_body(request), dict)
    return json_answer(Note(id=note_id, revision=2, note=str(json_body(request))))


@notes.patch("/v1/notes/{note_id}", response_model=Note)
async def update_note(
    caller: CurrentPatient, note_id: PathId, revision: ExpectedRevision, patch: NotePatch
) -> Response:
    """Change a note."""
    if revision != CURRENT_REVISION:
        raise PreconditionFailed(headers={"ETag": entity_tag(CURRENT_REVISION)})
    return json_answer(Note(id=note_id, revision=CURRENT_REVISION + 1, note=patch.note))


@notes.delete("/v1/notes/{note_id}", status_code=204)
async def delete_note(
    caller: CurrentPatient, note_id: PathId, revision: ExpectedRevision
) -> Response:
    """Delete a note."""
    return no_content()


@notes.get("/v1/notes", response_model=NotePage, openapi_extra=CONDITIONAL_READ)
async def list_notes(
    request: Request,
    caller: CurrentPatient,
    kind: Annotated[list[Literal["walk", "rest"]] | None, Query(max_length=2)] = None,
    limit: PageLimit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response:
    """List notes, newest first."""
    first = decode_cursor(cursor, int)[0] if cursor else 1
    items = [
        Note(id=UUID(int=n), revision=n).model_dump_json(exclude_none=True).encode()
        for n in range(1, limit + 1)
    ]
    page = page_json(items, encode_cursor(int(first) + limit))
    return answer_unless_known(request, caller.account_id, page)


@notes.get("/v1/notes/{note_id}", response_model=Note, openapi_extra=CONDITIONAL_READ)
async def get_note(request: Request, caller: CurrentPatient, note_id: PathId) -> Response:
    """Read a note."""
    if note_id.int == 0:
        raise NotFound
    tag = entity_tag(CURRENT_REVISION)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if is_fresh(request, tag):
        return not_modified(headers)
    note = Note(id=note_id, revision=CURRENT_REVISION)
    return json_answer(note, headers=headers)


@notes.get("/v1/greeting", response_model=Greeting)
async def get_greeting(
    caller: CurrentPatient, greeter: Annotated[Greeter, Depends(provided(Greeter))]
) -> Response:
    """Greet the caller by something that was made at start."""
    return json_answer(Greeting(text=greeter.greeting))


@notes.get("/v1/crash", openapi_extra=PUBLIC, response_model=Greeting)
async def get_crash(text: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Fail in a way nobody foresaw."""
    raise RuntimeError(f"secret {text}")


@notes.get("/v1/broken-stream", openapi_extra=PUBLIC, response_model=Greeting)
async def get_broken_stream() -> Response:
    """Fail half-way through the answer."""

    def chunks() -> object:
        yield b"{"
        raise RuntimeError("secret")

    return StreamingResponse(chunks(), media_type="application/json")  # type: ignore[arg-type]  # a generator


@notes.get("/v1/refusals/{name}", openapi_extra=PUBLIC, response_model=Greeting)
async def get_refusal(name: str) -> Response:
    """Refuse in the way that is asked for."""
    raise {
        "limited": RateLimited(7),
        "step-up": StepUpRequired(),
        "storage": StorageGone("secret"),
        "passcode": PasscodeWrong(extra={"remainingAttempts": 3}),
    }[name]


@reader.get("/shl/{token}", openapi_extra=PUBLIC, response_model=Greeting)
async def read_share(token: str) -> Response:
    """Open a share."""
    if token == "alive":
        return json_answer(Greeting(text="x" * 2000))
    if token == "passcode":
        raise MethodNotAllowed(["POST", "OPTIONS"])
    raise NotFound


@reader.post("/shl/{token}", openapi_extra=PUBLIC, response_model=Greeting)
async def open_share(token: str, patch: NotePatch) -> Response:
    """Open a share by its passcode."""
    return json_answer(Greeting(text="open"))


async def authenticate(token: str, *, writes: bool = False) -> SignedIn:
    """Know one token."""
    if token != TOKEN:
        raise TokenInvalid
    return PATIENT


def an_app(settings: ShellSettings | None = None) -> FastAPI:
    """The sample app."""
    things: dict[type, object] = {Authenticator: authenticate, Greeter: Greeter()}
    return build_shell("Sample", "1", [notes, reader], things, settings)


def a_client(app: FastAPI, token: str | None = TOKEN) -> httpx.AsyncClient:
    """A client that speaks to `app`, signed in unless `token` is None."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)
