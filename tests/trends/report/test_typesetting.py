"""The process that sets a page: what it may know, and what becomes of one that fails."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.trends.report import typesetting
from app.trends.report.report import build_report
from app.trends.report.typesetting import NotTypeset
from app.web.problems import Unavailable
from tests.trends.report.pages import PRINTED_ON, window_of

ROOT = Path(__file__).parents[3]


def page_set_by(script: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """What comes of a page where `script` stands in the typesetter's place."""
    stand_in = folder / "stand_in.py"
    stand_in.write_text(script)
    monkeypatch.setattr(typesetting, "TYPESETTER", stand_in)
    return build_report([], window_of(7), generated_on=PRINTED_ON)


def test_neither_starting_the_service_nor_a_page_loads_the_typesetter() -> None:
    told = (
        "import sys, app.main\n"
        "from tests.trends.report.pages import *\n"
        "assert printed([], window_of(7)) is not None\n"
        "print('typst' in sys.modules)"
    )
    made = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert made.stdout.strip() == "False"


def test_the_typesetter_is_told_the_page_and_nothing_of_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERGLOW_KEYRING_PATH", "/keys/ring")
    private = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(private, True)  # noqa: FBT003  # it has no name
    script = (
        "import json, os, sys\n"
        "job = json.load(sys.stdin.buffer)\n"
        "open_files = [fd for fd in range(3, 256) if os.path.exists(f'/proc/self/fd/{fd}')]\n"
        "print(json.dumps([sorted(job), dict(os.environ), open_files]))"
    )
    told, environment, open_files = json.loads(page_set_by(script, tmp_path, monkeypatch))
    os.close(private)
    assert told == ["fonts", "page", "root", "stamp", "template"]
    assert set(environment) <= {"PYTHONPATH", "LC_CTYPE"}  # the second Python sets itself
    assert open_files == []


def test_nothing_of_the_page_stands_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = (
        "import json, sys\n"
        "name = json.loads(json.load(sys.stdin.buffer)['page'])['subject']\n"
        "print(json.dumps([name, sys.argv]))"
    )
    stand_in = tmp_path / "stand_in.py"
    stand_in.write_text(script)
    monkeypatch.setattr(typesetting, "TYPESETTER", stand_in)
    told = build_report([], window_of(7), "Robin; $(sample)", generated_on=PRINTED_ON)
    assert json.loads(told) == ["Robin; $(sample)", [str(stand_in)]]


def test_nothing_of_the_service_is_loaded_beside_the_typesetter() -> None:
    told = (
        "import runpy, sys; "
        f"runpy.run_path({str(typesetting.TYPESETTER)!r}); "
        "print(any(name.split('.')[0] == 'app' for name in sys.modules))"
    )
    made = subprocess.run(
        [sys.executable, "-I", "-c", told], capture_output=True, check=True, text=True
    )
    assert made.stdout.strip() == "False"


@pytest.mark.parametrize("end", ["raise ValueError", "import os; os.abort()", "exit(3)"])
def test_one_that_comes_to_grief_says_nothing_of_the_page(
    end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unavailable) as refused:
        page_set_by(f"print('half a page', flush=True); {end}", tmp_path, monkeypatch)
    assert refused.value.__suppress_context__


def test_a_page_that_cannot_be_set_is_told_apart_and_not_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotTypeset) as refused:
        page_set_by("import os; print('half a page'); exit(os.EX_DATAERR)", tmp_path, monkeypatch)
    assert refused.value.args == ()
    assert refused.value.__suppress_context__


def test_a_name_stays_on_the_page_when_the_process_was_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in, starts = tmp_path / "stand_in.py", tmp_path / "starts"
    stand_in.write_text(f"open({str(starts)!r}, 'a').write('.'); exit(1)")
    monkeypatch.setattr(typesetting, "TYPESETTER", stand_in)
    with pytest.raises(Unavailable):
        build_report([], window_of(7), "Robin Sample", generated_on=PRINTED_ON)
    assert starts.read_text() == "."  # and is not tried without the name


def test_one_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "PATIENCE_SECONDS", 3.0)
    told = tmp_path / "pid"
    script = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    with pytest.raises(Unavailable):
        page_set_by(script, tmp_path, monkeypatch)
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)


def test_a_python_that_cannot_be_started_says_nothing_of_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(Unavailable):
        build_report([], window_of(7), generated_on=PRINTED_ON)
