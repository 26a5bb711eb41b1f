"""The answer to a request that the connection itself refuses, before there is an application."""

import json
from uuid import uuid4

from app.web.headers import READER_SIDE
from app.web.problems import Refusal


def answer_bytes(refusal: Refusal) -> bytes:
    """Headers and body, all that follows the status line; the connection is to be closed.

    It may be read from every origin, as the reader's side is: it holds nothing of anybody, and
    which side was asked is not always known yet.
    """
    request_id = str(uuid4())
    members = {
        "type": f"/problems/{refusal.code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        "code": refusal.code,
        "request_id": request_id,
    }
    present = {name: value for name, value in members.items() if value is not None}
    body = json.dumps(present).encode()
    headers = (
        *READER_SIDE,
        (b"content-type", refusal.media_type.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"x-request-id", request_id.encode()),
        (b"connection", b"close"),
    )
    return b"".join(b"%s: %s\r\n" % header for header in headers) + b"\r\n" + body
