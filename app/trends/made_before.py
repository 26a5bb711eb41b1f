"""Which answers were made before: the first of a cheap one is not worth a write."""

from uuid import UUID

from app.journal.store_ready import MOST_KEPT, Stamp

MOST_REMEMBERED = 4096
"""Questions of all patients, some hundred bytes each; who asked longest ago is forgotten first."""


class MadeBefore:
    """The stamp of the last answer to each question, in the memory of this process.

    Of a patient as many questions as answers are kept: an answer to one that was asked longer ago
    would have made room for others by now, and would do so again.
    """

    def __init__(self) -> None:
        """Nothing was made yet."""
        self._stamps: dict[UUID, dict[str, Stamp]] = {}
        self._number = 0

    def __call__(self, account_id: UUID, question: str, stamp: Stamp) -> bool:
        """Whether an answer to this question was made of the same before; it is from now on."""
        stamps = self._stamps.pop(account_id, {})
        before = stamps.pop(question, None)
        stamps[question] = stamp
        if before is None:
            self._number += 1
        if len(stamps) > MOST_KEPT:
            del stamps[next(iter(stamps))]
            self._number -= 1
        while self._stamps and self._number > MOST_REMEMBERED:
            self._number -= len(self._stamps.pop(next(iter(self._stamps))))
        self._stamps[account_id] = stamps
        return before == stamp
