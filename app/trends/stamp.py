"""The ETag of an answer, known before anything is opened."""

from uuid import UUID

from app.trends.questions import Question
from app.trends.source import JournalState
from app.trends.version import CONFIGURED_VERSION
from app.trends.window import Window
from app.web.conditional import page_tag


def answer_tag(
    account_id: UUID,
    state: JournalState,
    question: Question,
    window: Window,
    version: str = CONFIGURED_VERSION,
) -> str:
    """A strong entity tag of all that the answer rests on.

    These are the account, the journal's epoch and head, the profile's revision, the operation, the
    resolved window and parameters, and the version of the trends.
    """
    return page_tag(
        account_id,
        [state.epoch, state.head, state.profile_revision],
        question.operation,
        [window.first, window.last, window.time_zone],
        sorted(question.parameters.items()),
        version,
    )
