"""A page that changes raises its version, because entity tags and shares rest on it."""

import json
from importlib.metadata import version

from app.trends.report.version import REPORT_VERSION, page_version
from app.trends.version import CONFIGURED_VERSION
from tests.trends.report.pin_page import PINNED, digests


def test_the_page_is_the_one_that_was_pinned_under_its_version() -> None:
    assert digests() == json.loads(PINNED.read_text())


def test_the_version_names_the_page_the_trends_the_typesetter_and_the_font() -> None:
    parts = [REPORT_VERSION, CONFIGURED_VERSION, version("typst"), version("fontpkg-source-sans-3")]
    assert page_version() == "/".join(parts)
