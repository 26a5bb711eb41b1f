"""Which answers were made before: the first of a cheap one is not worth a write."""

from app.journal.store_ready import Stamp

MOST_REMEMBERED = 4096
"""Questions of all patients, some hundred bytes each; what was made first is forgotten first."""


class MadeBefore:
    """The stamp of the last answer to each question, in the memory of this process."""

    def __init__(self) -> None:
        """Nothing was made yet."""
        self._stamps: dict[str, Stamp] = {}

    def __call__(self, question: str, stamp: Stamp) -> bool:
        """Whether an answer to this question was made of the same before; it is from now on."""
        before = self._stamps.pop(question, None)
        self._stamps[question] = stamp
        if len(self._stamps) > MOST_REMEMBERED:
            del self._stamps[next(iter(self._stamps))]
        return before == stamp
