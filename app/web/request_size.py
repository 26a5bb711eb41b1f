"""How long the parts of a request are that a connection is reading."""

from app.web.problems import BadRequest

MOST_FRAMING_BYTES = 16 * 1024
FRAMING_OF_A_BYTE = 16
"""A chunk of one byte has five around it, and may have an extension."""


class RequestSize:
    """All in bytes. What comes behind the head is body or framing: sizes of chunks, trailers."""

    __slots__ = ("body", "body_left", "framing", "head")

    def __init__(self) -> None:
        """A head begins."""
        self.head = self.body = self.framing = 0
        self.body_left = 0
        """Of a body whose length the head tells; of one in chunks nobody knows."""

    def add_body(self, length: int) -> None:
        """A part of the body."""
        self.body += length
        if self.body_left:
            self.body_left -= length

    def add_framing(self, length: int) -> None:
        """Something else behind the head. Raises BadRequest where it is more than a body wants."""
        self.framing += length
        if self.framing > MOST_FRAMING_BYTES + FRAMING_OF_A_BYTE * self.body:
            raise BadRequest("There is more around the body than in it.")
