"""The ETag of an answer, known before anything is opened."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

from app.trends.questions import Question
from app.trends.source import JournalState
from app.trends.version import CONFIGURED_VERSION
from app.trends.window import Window

TAG_CHARACTERS = 22


def answer_tag(
    account_id: UUID,
    state: JournalState,
    question: Question,
    window: Window,
    version: str = CONFIGURED_VERSION,
) -> str:
    """A strong entity tag: 22 characters of the base64url SHA-256 of all that the answer rests on.

    These are the account, because a device keeps answers whoever is signed in; the journal's epoch
    and head, the profile's revision, the operation, the resolved window and parameters, and the
    version of the trends.
    """
    rests_on = [
        account_id,
        [state.epoch, state.head, state.profile_revision],
        question.operation,
        [window.first, window.last, window.time_zone],
        sorted(question.parameters.items()),
        version,
    ]
    digest = sha256(json.dumps(rests_on, default=str).encode()).digest()
    return f'"{urlsafe_b64encode(digest).decode()[:TAG_CHARACTERS]}"'
