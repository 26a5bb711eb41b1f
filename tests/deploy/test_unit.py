"""The sample unit, as systemd reads it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.proxies import DEPLOY

UNIT = DEPLOY / "afterglow.service"
PROGRAM = "/opt/afterglow/bin/afterglow"


def complaints(folder: Path, text: str) -> str:
    """What systemd has to say of a unit; it says nothing of one that it takes as it stands.

    Skips the test where the program is not installed.
    """
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    assert PROGRAM in text
    file = folder / UNIT.name
    file.write_text(text.replace(PROGRAM, "/bin/true"))  # the service is not installed there
    # It ends with 0 whatever it ignores, and may speak of units of this machine.
    told = subprocess.run(
        [analyze, "verify", "--man=no", str(file)], capture_output=True, text=True, check=False
    )
    lines = [each for each in told.stderr.splitlines() if UNIT.name in each]
    assert told.returncode == 0 or lines, told.stderr
    return "\n".join(lines)


def test_systemd_takes_every_line_of_the_unit(tmp_path: Path) -> None:
    assert complaints(tmp_path, UNIT.read_text()) == ""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("ProtectClock=yes", "ProtectClocks=yes"),
        ("ProtectProc=invisible", "ProtectProc=hidden"),
        ("MemoryMax=1G", "MemoryMax=1Q"),
        ("SystemCallFilter=@system-service", "SystemCallFilter=@system-services"),
        ("Type=exec", "Type=execute"),
        ("TimeoutStartSec=infinity", "TimeoutStartSec=endless"),
    ],
)
def test_a_line_that_systemd_would_ignore_is_found(tmp_path: Path, right: str, wrong: str) -> None:
    text = UNIT.read_text()
    assert text.count(f"\n{right}\n") == 1
    line = text.partition(f"\n{right}\n")[0].count("\n") + 2
    assert f"{UNIT.name}:{line}: " in complaints(tmp_path, text.replace(right, wrong))
