"""The forms in which something could have been written down by mistake, and where to look."""

from base64 import b32encode, b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

LEAST_BYTES = 8
"""Shorter forms stand everywhere by chance."""


def spelled(text: str | bytes) -> set[bytes]:
    """A text in eight encodings; in those by groups, wherever it lies in a longer one."""
    raw = text if isinstance(text, bytes) else text.encode()
    return {form for form in _forms(raw) if len(form) >= LEAST_BYTES}


def _forms(raw: bytes) -> Iterator[bytes]:
    yield raw
    yield raw[::-1]
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield quote(raw).encode()
    yield "".join(f"%{each:02X}" for each in raw).encode()
    yield raw.decode("latin-1").encode("utf-16-le")
    yield raw.decode("latin-1").encode("utf-16-be")
    for shift in range(3):
        whole = raw[shift : len(raw) - (len(raw) - shift) % 3]
        yield b64encode(whole)
        yield urlsafe_b64encode(whole)
    for shift in range(5):
        yield b32encode(raw[shift : len(raw) - (len(raw) - shift) % 5])


def found_in(content: bytes, texts: Iterable[str | bytes]) -> list[str | bytes]:
    """Those of the texts that stand in `content` in any of the forms."""
    return [text for text in texts if any(form in content for form in spelled(text))]


def hits(places: Mapping[str, bytes], needles: Mapping[str, str | bytes]) -> set[tuple[str, str]]:
    """Place and name of every needle that was found."""
    forms = {name: spelled(needle) for name, needle in needles.items()}
    return {
        (place, name)
        for place, content in places.items()
        for name, known in forms.items()
        if any(form in content for form in known)
    }
