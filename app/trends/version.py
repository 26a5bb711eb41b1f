"""The one version of the trends."""

from app.journal.kinds.instruments import TABLE_VERSION
from app.trends.change_constants import CHANGE_CONSTANTS
from app.trends.thresholds import THRESHOLDS

TRENDS_VERSION = "5"
"""Rises whenever any number, word or sentence of an answer may change: it is part of every ETag.

`tests/trends/test_pinned_answers.py` fails when answers change and this does not.
"""

CONFIGURED_VERSION = "/".join(
    [TRENDS_VERSION, THRESHOLDS.version, CHANGE_CONSTANTS.version, TABLE_VERSION]
)
"""The same with the versions of the data files that answers depend on."""
