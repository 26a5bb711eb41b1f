"""Data files that answers rest on have versions, and entity tags rest on those."""

from hashlib import sha256
from pathlib import Path

import pytest

from app.journal.kinds.instruments import TABLE_FILE, TABLE_VERSION
from app.trends.change_constants import CHANGE_CONSTANTS, CONSTANTS_FILE
from app.trends.thresholds import THRESHOLDS, THRESHOLDS_FILE
from app.trends.version import CONFIGURED_VERSION, TRENDS_VERSION

VERSIONS = {
    THRESHOLDS_FILE: THRESHOLDS.version,
    CONSTANTS_FILE: CHANGE_CONSTANTS.version,
    TABLE_FILE: TABLE_VERSION,
}
PUBLISHED = {
    THRESHOLDS_FILE: {"1": "634620e5359265b3"},
    CONSTANTS_FILE: {"1": "6ee0ff39c19c21fc"},
    TABLE_FILE: {"1": "0e950e2ac236c747"},
}
"""Digests of every version that answers were ever made by; a line is added, never changed."""


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.name)
def test_a_changed_file_has_a_new_version(file: Path) -> None:
    digest = sha256(file.read_bytes()).hexdigest()[:16]
    assert digest == PUBLISHED[file][VERSIONS[file]]


def test_the_configured_version_is_that_of_the_trends_and_of_each_file() -> None:
    assert "/".join([TRENDS_VERSION, *VERSIONS.values()]) == CONFIGURED_VERSION
