"""What this room refuses, besides what every room does."""

from pydantic import ConfigDict, Field

from app.accounts.refusals import ProfileUnreadable
from app.journal.opening import EntryUnreadable
from app.safety.refusals import SignalUnreadable
from app.sharing.schemas import TriesLeft
from app.web.problem_shape import Problem
from app.web.problems import Refusal


class ShareExists(Refusal):
    """The id is taken by a share that was made from another draft."""

    status = 409
    code = "share_exists"
    title = "Another share has this id"


class ShareNotFound(Refusal):
    """Unknown, revoked, expired, locked or used up: all the same."""

    status = 404
    code = "share_not_found"
    title = "This link is not valid"


class ShareUnreadable(Refusal):
    """What is stored of a link does not open: it can only be withdrawn."""

    status = 500
    code = "share_unreadable"
    title = "What is stored of this link here does not open"


UNREADABLE = (EntryUnreadable, SignalUnreadable, ProfileUnreadable, ShareUnreadable)
"""What a link rests on and does not open: no reader is shown less as if it were all."""


class PasscodeRefused(Refusal):
    """The passcode is missing or wrong. SMART Health Links fix the shape of this answer."""

    status = 401
    media_type = "application/json"

    def __init__(self, tries_left: int) -> None:
        """`tries_left`: wrong passcodes that the link still bears."""
        super().__init__(extra={"remainingAttempts": tries_left})


class PasscodeNeeded(PasscodeRefused):
    """None was given; this costs no try."""

    code = "passcode_needed"
    title = "This link opens with a passcode"


class PasscodeWrong(PasscodeRefused):
    """It was compared and differs."""

    code = "passcode_wrong"
    title = "This passcode is not right"


class PasscodeProblem(Problem):
    """A missing or wrong passcode: a problem, and what an app for SMART Health Links looks for."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)

    remaining_attempts: TriesLeft = Field(alias="remainingAttempts")
    """Wrong passcodes that the link still bears in all its life."""
