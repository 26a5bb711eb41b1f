"""Several server processes from one start: the application is imported once, then forked.

`python -m tests.sync.herd PORT PORT …` serves on each port from a process of its own.
"""

import os
import signal
import sys
from types import FrameType

import uvicorn

from app.main import from_environment


def serve(port: int) -> None:
    """One process of the herd, as `afterglow serve` would start it."""
    uvicorn.run(
        from_environment(), host="127.0.0.1", port=port, log_level="warning", access_log=False
    )


def main(ports: list[int]) -> None:
    """Fork one process a port; end all of them when this one is asked to end."""
    herd = []
    for port in ports:
        child = os.fork()
        if child == 0:
            serve(port)
            os._exit(0)
        herd.append(child)

    def end(_signal: int, _frame: FrameType | None) -> None:
        for child in herd:
            os.kill(child, signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
    for child in herd:
        os.waitpid(child, 0)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]])
