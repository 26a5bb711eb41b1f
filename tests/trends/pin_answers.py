"""Pins what every question answers of the journey: `python -m tests.trends.pin_answers`.

Run it after raising TRENDS_VERSION (or the version of a data file), never instead.
"""

import json
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from app.trends.version import CONFIGURED_VERSION
from app.trends.window import Window
from tests.trends.journals import headline_of
from tests.trends.questions_asked import all_answers
from tests.trends.vectors import FOLDER

PINNED = Path(__file__).parent / "pinned"
WINDOWS = (
    Window(date(2026, 2, 7), date(2026, 4, 20), "America/New_York"),
    Window(date(2026, 2, 7), date(2026, 4, 7), "America/New_York"),
    Window(date(2026, 2, 27), date(2026, 3, 8), "Europe/London"),
    Window(date(2025, 1, 1), date(2025, 1, 31), "UTC"),
)


def pinned_file() -> Path:
    """One file a version."""
    return PINNED / f"{CONFIGURED_VERSION.replace('/', '-')}.json"


def digests() -> dict[str, list[str]]:
    """A digest of each answer, sentence included, by question and window."""
    journey = json.loads((FOLDER / "journey.json").read_text())
    seen = [
        headline_of(each["entry"], datetime.fromisoformat(each["written_at"]))
        for each in journey["entries"]
    ]
    answers = [all_answers(seen, window) for window in WINDOWS]
    return {
        name: [sha256(answer[name].encode()).hexdigest()[:16] for answer in answers]
        for name in sorted(answers[0])
    }


if __name__ == "__main__":
    PINNED.mkdir(exist_ok=True)
    pinned_file().write_text(json.dumps(digests(), indent=1) + "\n")
