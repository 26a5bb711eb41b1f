"""Refusals: the family of errors a client may see; features add codes by subclasses."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from app.faults import Fault
from app.web.problem_shape import PROBLEM_TYPE, Problem, ProblemFault, problem_response

__all__ = [
    "BadRequest",
    "BodyTooLarge",
    "HeadTooLarge",
    "HttpsRequired",
    "Internal",
    "InvalidRequest",
    "MalformedJson",
    "MethodNotAllowed",
    "NotFound",
    "Overloaded",
    "PreconditionFailed",
    "PreconditionRequired",
    "Problem",
    "ProblemFault",
    "RateLimited",
    "Refusal",
    "RequestTimeout",
    "StepUpRequired",
    "TargetTooLong",
    "TokenInvalid",
    "Unavailable",
    "UnsupportedMediaType",
    "refusals",
]


class Refusal(Exception):
    """A request is refused; the answer is told by class attributes and what is given here.

    `detail` and `faults` hold no value of the request. `headers` go out with the answer;
    `extra` adds members to the body, for the rare outside standard that asks for them.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    title: ClassVar[str] = "The request cannot be read"
    media_type: ClassVar[str] = PROBLEM_TYPE

    def __init__(
        self,
        detail: str | None = None,
        *,
        faults: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        """Say more than the class does."""
        super().__init__(self.code)
        self.detail = detail
        self.faults: Sequence[Fault] = list(faults)
        self.headers: dict[str, str] = dict(headers or {})
        self.extra: dict[str, object] = dict(extra or {})


class BadRequest(Refusal):
    """The head of the request breaks HTTP; the connection closes."""

    def __init__(self, detail: str | None = None) -> None:
        """`detail` names the rule."""
        super().__init__(detail, headers={"Connection": "close"})


class HttpsRequired(BadRequest):
    """Plain http from outside is refused, not redirected: the token has already been seen."""

    code = "https_required"
    title = "The service is reached by https alone"


class TokenInvalid(Refusal):
    """No access token, or one that is malformed, unknown, expired or revoked: all the same."""

    status = 401
    code = "token_invalid"
    title = "A valid access token is needed"

    def __init__(self) -> None:
        """Nothing more is told."""
        super().__init__(headers={"WWW-Authenticate": "Bearer"})


class StepUpRequired(Refusal):
    """The operation wants a fresh proof of identity."""

    status = 403
    code = "step_up_required"
    title = "A fresh proof of identity is needed"


class NotFound(Refusal):
    """No such thing for this caller; another's thing is no such thing."""

    status = 404
    code = "not_found"
    title = "There is nothing here"


class MethodNotAllowed(Refusal):
    """The path exists, the method does not fit it."""

    status = 405
    code = "method_not_allowed"
    title = "This method does not fit the path"

    def __init__(self, allowed: Iterable[str]) -> None:
        """`allowed`: the methods that fit, for `Allow`."""
        super().__init__(headers={"Allow": ", ".join(allowed)})


class RequestTimeout(Refusal):
    """The body came too slowly; the connection closes."""

    status = 408
    code = "request_timeout"
    title = "The body came too slowly"


class PreconditionFailed(Refusal):
    """The revision in `If-Match` is not the current one; give the current `ETag` in `headers`."""

    status = 412
    code = "precondition_failed"
    title = "The resource has changed since it was read"


class BodyTooLarge(Refusal):
    """The body is over the limit; the connection closes, for the rest is not read."""

    status = 413
    code = "body_too_large"
    title = "The body is too large"

    def __init__(self, detail: str | None = None) -> None:
        """`detail` may name the limit."""
        super().__init__(detail, headers={"Connection": "close"})


class TargetTooLong(Refusal):
    """Path and query are over the limit; the connection closes."""

    status = 414
    code = "target_too_long"
    title = "Path and query are too long"

    def __init__(self) -> None:
        """Nothing more is told."""
        super().__init__(headers={"Connection": "close"})


class UnsupportedMediaType(Refusal):
    """Another content type or encoding than the operation reads."""

    status = 415
    code = "unsupported_media_type"
    title = "The body has a media type or encoding that is not read here"


class InvalidRequest(Refusal):
    """Body or parameters break rules, told one by one in `faults`."""

    status = 422
    code = "invalid_request"
    title = "The request breaks rules"


class MalformedJson(Refusal):
    """The body is not JSON in the strict reading."""

    status = 422
    code = "malformed_json"
    title = "The body is not JSON in the strict reading"


class PreconditionRequired(Refusal):
    """A change must name the revision it rests on."""

    status = 428
    code = "precondition_required"
    title = "If-Match is needed"


class RateLimited(Refusal):
    """Too many requests; which limit is not told."""

    status = 429
    code = "rate_limited"
    title = "Too many requests"

    def __init__(self, retry_after: int) -> None:
        """`retry_after`: whole seconds until the next try is worth it, at least 1."""
        super().__init__(headers={"Retry-After": str(max(1, retry_after))})


class HeadTooLarge(Refusal):
    """The headers are over the limit; the connection closes."""

    status = 431
    code = "head_too_large"
    title = "The headers are too large"

    def __init__(self) -> None:
        """Nothing more is told."""
        super().__init__(headers={"Connection": "close"})


class Internal(Refusal):
    """An unforeseen fault; the log knows more under the same request id."""

    status = 500
    code = "internal"
    title = "Something went wrong here"


class Unavailable(Refusal):
    """The database is away or cannot store, or a part failed; a change may be stored or not."""

    status = 503
    code = "unavailable"
    title = "The service cannot answer now"

    def __init__(self, retry_after: int = 1) -> None:
        """`retry_after`: whole seconds until the next try is worth it."""
        super().__init__(headers={"Retry-After": str(retry_after)})


class Overloaded(Unavailable):
    """The database was not free in time; a change may have been stored or not."""

    code = "overloaded"
    title = "The service is busy"


def refusals(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses=`: the answers of these refusals, as the one `Problem`.

    (FastAPI types the parts of an OpenAPI file as Any.)
    """
    codes: dict[int | str, list[str]] = {}
    for kind in kinds:
        codes.setdefault(kind.status, []).append(f"`{kind.code}`")
    return {status: problem_response(", ".join(names)) for status, names in codes.items()}
