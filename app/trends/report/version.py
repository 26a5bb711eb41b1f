"""What the page's bytes depend on besides the journal."""

from functools import cache
from importlib.metadata import version

from app.trends.version import CONFIGURED_VERSION

REPORT_VERSION = "7"
"""Rises whenever the same answers would be told or laid out differently.

`tests/trends/report/test_pinned_page.py` fails when the page changes and this does not.
"""

TYPESETTERS = ("typst", "fontpkg-source-sans-3")


@cache
def page_version() -> str:
    """For entity tags and stamps: the versions of the page, the trends, the typesetter, the font.

    Read from the installed packages without loading them.
    """
    return "/".join([REPORT_VERSION, CONFIGURED_VERSION, *map(version, TYPESETTERS)])
