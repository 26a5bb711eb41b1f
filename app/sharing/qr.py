"""The link as a QR code, for a screen or a printed page."""

from io import BytesIO
from typing import Literal

QUIET_ZONE = 4
"""Modules of white around the code, as the standard of QR codes asks."""

PIXELS_PER_MODULE = 6


def qr_code(link: str, form: Literal["svg", "png"]) -> bytes:
    """The picture of a link, error correction M, black on white."""
    import segno  # noqa: PLC0415 - loaded by the first picture, not at start-up

    code = segno.make_qr(link, error="m", boost_error=False)
    picture = BytesIO()
    code.save(
        picture, kind=form, border=QUIET_ZONE, scale=PIXELS_PER_MODULE, dark="#000", light="#fff"
    )
    return picture.getvalue()
