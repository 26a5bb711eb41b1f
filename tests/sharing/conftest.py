"""Links in a process that `make mutants` forked."""

import os

import pytest


@pytest.fixture(autouse=True)
def no_page_in_a_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads of the typesetter are not there in a fork: it would wait for them for ever."""
    if "MUTANT_UNDER_TEST" in os.environ:
        monkeypatch.setattr("app.sharing.file.shared_report", lambda *_: None)
