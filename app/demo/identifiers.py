"""Ids of the shape of UUID version 7, made from the seed."""

from datetime import datetime
from uuid import UUID

from numpy.random import Generator


class Ids:
    """One source a diary."""

    def __init__(self, random: Generator) -> None:
        """`random` is the diary's own."""
        self._random = random

    def new(self, at: datetime) -> str:
        """An id that sorts by the instant it was made at."""
        milliseconds = int(at.timestamp() * 1000).to_bytes(6, "big")
        tail = bytearray(self._random.bytes(10))
        tail[0] = 0x70 | tail[0] & 0x0F
        tail[2] = 0x80 | tail[2] & 0x3F
        return str(UUID(bytes=milliseconds + bytes(tail)))
