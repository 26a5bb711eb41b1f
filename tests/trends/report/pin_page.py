"""Pins what the page tells of the journey and how it is set.

Run `python -m tests.trends.report.pin_page` after raising REPORT_VERSION (or a version
that it rests on), never instead.
"""

import json
from hashlib import sha256
from pathlib import Path

from pydantic_core import to_json

from app.journal.kinds import KIND_NAMES
from app.trends.report.answers import report_answers
from app.trends.report.page import ReportAbout, report_page
from app.trends.report.typesetting import TEMPLATE
from app.trends.report.version import REPORT_VERSION
from app.trends.series import JournalDays
from app.trends.version import CONFIGURED_VERSION
from tests.trends.report.pages import JOURNEY_WINDOW, PRINTED_ON, journey

PINNED = Path(__file__).parent / "pinned_page.json"


def version() -> str:
    """What the pinned digests were made under; the typesetter's own versions are not our doing."""
    return f"{REPORT_VERSION}/{CONFIGURED_VERSION}"


def digests() -> dict[str, str]:
    """Digests of the content and of the template."""
    about = ReportAbout(subject_name="Robin", paper="a4", generated_on=PRINTED_ON, kinds=KIND_NAMES)
    page = report_page(report_answers(JournalDays(journey()), JOURNEY_WINDOW), about)
    template = b"".join(file.read_bytes() for file in sorted(TEMPLATE.iterdir()))
    return {
        "version": version(),
        "content": sha256(to_json(page)).hexdigest()[:16],
        "template": sha256(template).hexdigest()[:16],
    }


if __name__ == "__main__":
    PINNED.write_text(json.dumps(digests(), indent=1) + "\n")
