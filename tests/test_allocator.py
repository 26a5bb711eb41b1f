"""What a process has given back does not stay with it."""

import subprocess
import sys

KEPT = """
import sys, threading
from pathlib import Path
from app.allocator import keep_little

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

def hold():
    for megabytes in (19, 18, 17):
        bytearray(b"x") * (megabytes * 2**20)

if sys.argv[1] == "little":
    keep_little()
before = resident()
for _ in range(3):
    thread = threading.Thread(target=hold)
    thread.start()
    thread.join()
print(resident() - before)
"""
LITTLE_BYTES = 4 * 2**20


def kept(how: str) -> int:
    """Bytes that a process still holds after threads of it made and dropped large values."""
    command = [sys.executable, "-c", KEPT, how]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_large_values_are_given_back_to_the_system() -> None:
    assert kept("little") < LITTLE_BYTES < kept("as it comes")
