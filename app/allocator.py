"""How the C library keeps memory that Python and its extensions have given back."""

import ctypes
import sys

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
"""Names of glibc's `mallopt`."""

LARGE_BYTES = 4 * 1024 * 1024
"""From this size on, memory goes back to the system as soon as it is given back."""

MOST_KEPT_BYTES = 4 * 1024 * 1024
"""So much that is free at the end of the heap is kept."""


def keep_little() -> None:
    """Keep little, and for all threads in one place; without glibc, nothing.

    Left alone, glibc takes the largest answer or passcode hash (19 MiB) that a process ever made
    for a size worth keeping, once for each of several arenas. Threads that share one interpreter
    have no use for several.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(ARENA_MAX, 1)
        mallopt(MMAP_THRESHOLD, LARGE_BYTES)
        mallopt(TRIM_THRESHOLD, MOST_KEPT_BYTES)
