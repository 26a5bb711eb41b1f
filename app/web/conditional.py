"""Entity tags: a change names the revision it rests on, a read the one it already has."""

import json
import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.faults import Fault
from app.web.answers import json_answer, json_of, not_modified, page_headers
from app.web.compression import takes_gzip
from app.web.problems import InvalidRequest, PreconditionRequired

NO_REVISION = 0
"""Rests on nothing that exists: no row ever has it, so the writer answers 412."""

CONDITIONAL_READ: dict[str, object] = {"x-conditional-read": True}
"""For a route's `openapi_extra`: the read honours If-None-Match."""

CONDITIONAL_CHANGE: dict[str, object] = {"x-conditional-change": True}
"""For a route's `openapi_extra` when it calls `required_match` itself."""

TAG_CHARACTERS = 256
"""The most that If-Match and If-None-Match may hold; clients are told so."""

PAGE_TAG_CHARACTERS = 22
"""Of base64url: 132 bits."""

AS_JSON = json.JSONEncoder(default=str).encode
STRONG_REVISION = re.compile(r'"([1-9][0-9]{0,15})"')


def entity_tag(revision: int) -> str:
    """The strong tag of a revision: `"417"`."""
    return f'"{revision}"'


def page_tag(account_id: UUID, *rests_on: object) -> str:
    """The strong tag of what is computed for an account: of all that the answer rests on.

    The account is among it because a device keeps pages by their address, whoever is signed in:
    what it has of one patient must not be taken for what the next one has there.
    """
    told = AS_JSON([account_id, *rests_on])
    digest = urlsafe_b64encode(sha256(told.encode()).digest()).decode()
    return f'"{digest[:PAGE_TAG_CHARACTERS]}"'


def tag_as_sent(request: Request, tag: str) -> str:
    """The tag of a page in the form that this client takes: compressed, it is another one.

    A strong tag stands for bytes (RFC 9110, section 8.8.3.3), so its letters change case for who
    takes gzip, also where the page turns out too short for it: tags come before their pages.
    """
    return tag.swapcase() if takes_gzip(request.scope) else tag


def answer_unless_known(request: Request, account_id: UUID, page: bytes | BaseModel) -> Response:
    """A page that is at hand, tagged by what it says; 304 for a client that has it.

    For what is cheaper to read than to find out whether it has changed.
    """
    body = json_of(page)
    tag = tag_as_sent(request, page_tag(account_id, sha256(body).hexdigest()))
    headers = page_headers(tag)
    return not_modified(headers) if is_fresh(request, tag) else json_answer(body, headers=headers)


def required_match(request: Request) -> int:
    """The revision in `If-Match`, or NO_REVISION for a tag that can be nobody's (weak, malformed).

    Of a list it is the greatest: revisions only grow, so a client that has seen it expects no
    lower one. Raises PreconditionRequired without the header, and for `*`, which names none, and
    InvalidRequest for a header that is too long.
    """
    tags = _tags(request, "If-Match")
    if not tags or tags == ["*"]:
        raise PreconditionRequired("If-Match must name the revision that was read.")
    strong = [STRONG_REVISION.fullmatch(tag) for tag in tags]
    return max((int(match.group(1)) for match in strong if match), default=NO_REVISION)


def is_fresh(request: Request, tag: str) -> bool:
    """Whether the client already has what `tag` stands for, so that 304 is the answer.

    The comparison is the weak one (RFC 9110, section 13.1.2). Raises InvalidRequest for a header
    that is too long.
    """
    tags = _tags(request, "If-None-Match")
    return tags == ["*"] or tag in (each.removeprefix("W/") for each in tags)


def _tags(request: Request, header: str) -> list[str]:
    """The members of a list of tags; tags of ours hold no comma."""
    lines = request.headers.getlist(header)
    if sum(map(len, lines)) > TAG_CHARACTERS:
        too_long = Fault("too_long", "This text is too long.", parameter=header)
        raise InvalidRequest(faults=[too_long])
    return [tag for line in lines for tag in (part.strip() for part in line.split(",")) if tag]


async def _expected_revision(request: Request) -> int:
    return required_match(request)


ExpectedRevision = Annotated[int, Depends(_expected_revision)]
"""The same as a parameter of a route; it also declares the header, 412 and 428."""

EXPECTED_REVISION = _expected_revision
