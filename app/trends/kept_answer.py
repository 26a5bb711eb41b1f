"""What is kept of a finished answer: sealed together with all that it holds good for."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from app.journal.store_ready import Stamp
from app.trends.questions import Question
from app.trends.version import CONFIGURED_VERSION
from app.vault import PatientKeys, Place, SealBroken, Vault
from app.web.json_body import JsonBody

LAYOUT = "2"
"""Of the text below and of the tag in it. Raised when either gets another form."""

KEPT_VERSION = f"{LAYOUT}/{CONFIGURED_VERSION}"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
INDEX = "ready answer"
LINE_PARTS = 3


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer, its entity tag, and the time for which it is one.

    From `since` on, because a clock may be set back, and until the date changes where the patient
    is: what a window may be, and which one is the default, hangs on it.
    """

    since: datetime
    until: datetime
    tag: str
    body: JsonBody

    def holds_at(self, now: datetime) -> bool:
        """Whether it answers now."""
        return self.since <= now < self.until

    def sealed(self, keys: PatientKeys, question: str, stamp: Stamp) -> bytes:
        """As it lies on the disk, where neither tag nor date's end shows: both tell the zone."""
        line = b"%d %d %b\n" % (_number(self.since), _number(self.until), self.tag.encode())
        return keys.seal(_place(keys.account_id, question, stamp), line + self.body.kept)

    @classmethod
    def opened(cls, keys: PatientKeys, question: str, stamp: Stamp, sealed: bytes) -> "KeptAnswer":
        """Raises SealBroken for another question's, another stamp's or another account's."""
        text = keys.open(_place(keys.account_id, question, stamp), sealed)
        line, _, kept = text.partition(b"\n")
        parts = line.split(b" ")
        if len(parts) != LINE_PARTS:
            raise SealBroken("a sealed answer holds no answer")
        since, until = (EPOCH + int(each) * MICROSECOND for each in parts[:2])
        return cls(since, until, parts[2].decode(), JsonBody.of_kept(kept))


def index_of(
    vault: Vault, account_id: UUID, question: Question, first: date | None, last: date | None
) -> str:
    """By what an answer is found: 43 characters that do not say what was asked."""
    asked: list[object] = [account_id, question.operation, first, last]
    asked += [f"{name}={question.parameters[name]}" for name in sorted(question.parameters)]
    index = vault.blind_index(INDEX, "\n".join(map(str, asked)))
    return urlsafe_b64encode(index).decode().rstrip("=")


def _number(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def _place(account_id: UUID, question: str, stamp: Stamp) -> Place:
    row = f"{question}/{stamp.epoch}/{stamp.profile_revision}/{stamp.version}"
    return Place("ready_answer", "answer", account_id, row, stamp.head)
