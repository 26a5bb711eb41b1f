"""Where a zip is written to when nobody keeps it whole."""


class ZipSink:
    """Takes bytes in; they are handed out once. It cannot seek, so the zip is a stream."""

    def __init__(self) -> None:
        """Empty."""
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        taken, self._waiting = b"".join(self._waiting), []
        return taken
