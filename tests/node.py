"""Node packages of a folder, installed from its lock when a test needs them."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir

QUIET = {
    "REDOCLY_TELEMETRY": "off",
    "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
    "NO_UPDATE_NOTIFIER": "1",
    "NO_COLOR": "1",
}
"""No tool asks the network for anything."""
MOST_SECONDS = 300


def tool(name: str) -> str:
    """`node` or `npm`: the machine's own, or the one that pip brought."""
    found = shutil.which(name) or shutil.which(name, path=Path(sys.executable).parent)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed: make node")
    return found


def installed(folder: Path) -> Path:
    """`node_modules` of the folder, brought to its lock first; runs of other processes wait."""
    modules = folder / "node_modules"
    lock, mark = folder / "package-lock.json", modules / ".installed"
    waiting_room = Path(gettempdir()) / f"afterglow-{sha256(bytes(folder)).hexdigest()[:16]}.lock"
    with waiting_room.open("w") as waiting:
        fcntl.flock(waiting, fcntl.LOCK_EX)
        if not mark.exists() or mark.read_bytes() != lock.read_bytes():
            quiet = ("--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts")
            run([tool("npm"), "ci", *quiet], folder)
            mark.write_bytes(lock.read_bytes())
    return modules


def run(command: Sequence[str | Path], folder: Path, more: Mapping[str, str] | None = None) -> str:
    """What the command printed; its failure fails the test with what it said."""
    done = attempt(command, folder, more)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
    return done.stdout


def attempt(
    command: Sequence[str | Path], folder: Path, more: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """The command carried out in the folder, with node within reach."""
    node = Path(tool("node")).parent
    path = os.pathsep.join([str(node), os.environ.get("PATH", "")])
    return subprocess.run(
        [str(each) for each in command],
        cwd=folder,
        env=os.environ | QUIET | {"PATH": path} | dict(more or {}),
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
