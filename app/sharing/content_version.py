"""What the content of a share depends on besides the journal."""

from functools import cache
from importlib.metadata import PackageNotFoundError

from app.trends.report.version import page_version
from app.trends.version import CONFIGURED_VERSION

CONTENT_VERSION = "4"
"""Rises whenever the same journal would make another file."""

NO_PAGE = "none"


@cache
def content_versions(*, snomed: bool) -> tuple[str, ...]:
    """For content stamps: versions of the trends, the Bundle, the printed page; the terminologies.

    Read without loading the typesetter; where none is installed, no page is set.
    """
    try:
        page = page_version()
    except PackageNotFoundError:
        page = NO_PAGE
    return CONFIGURED_VERSION, CONTENT_VERSION, page, "snomed" if snomed else "plain"
