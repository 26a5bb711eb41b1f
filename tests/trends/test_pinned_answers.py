"""No answer changes without a new version, for the version is what clients' caches rest on."""

import json

from tests.trends.pin_answers import digests, pinned_file


def test_answers_change_only_with_the_version() -> None:
    assert pinned_file().exists(), "a new version: run python -m tests.trends.pin_answers"
    pinned = json.loads(pinned_file().read_text())
    found = digests()
    changed = [name for name in found if found[name] != pinned.get(name)]
    assert not changed, "raise TRENDS_VERSION, then run python -m tests.trends.pin_answers"
    assert found.keys() == pinned.keys()
