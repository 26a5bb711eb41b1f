"""The QR code is read back as a camera would."""

import re
from datetime import UTC, datetime
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
import segno
import zxingcpp
from PIL import Image

from app.sharing.qr import PIXELS_PER_MODULE, QUIET_ZONE, qr_code
from app.sharing.shl import Link, manifest_url, new_secret

BASE = "https://" + "a" * 72


def longest_link() -> str:
    """A link with the longest origin and the longest label, in letters of three bytes."""
    link = Link(
        url=manifest_url(BASE, new_secret()),
        flag="LP",
        key=new_secret(),
        expires_at=datetime(2026, 6, 8, tzinfo=UTC),
        label="日" * 80,
    )
    return link.for_viewer(f"{BASE}/view")


@pytest.mark.parametrize("link", ["shlink:/eyJ1cmwiOiJ4In0", longest_link()])
def test_png_reads_back_as_the_link(link: str) -> None:
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(qr_code(link, "png"))))
    assert found.text == link
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    assert found.ec_level == "M"


def test_png_has_a_quiet_zone_of_four_modules() -> None:
    picture = Image.open(BytesIO(qr_code("shlink:/eyJ1cmwiOiJ4In0", "png"))).convert("L")
    margin = QUIET_ZONE * PIXELS_PER_MODULE
    dark = picture.point(lambda shade: 255 - shade).getbbox()
    assert dark == (margin, margin, picture.width - margin, picture.height - margin)


def test_svg_is_the_same_code_without_script_or_style() -> None:
    link = longest_link()
    text = qr_code(link, "svg").decode()
    root = ET.fromstring(text)  # noqa: S314 - our own picture
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not re.search(r"<(script|style|image|a)\b|style=|href", text)
    modules = segno.make_qr(link, error="m", boost_error=False).symbol_size(1, QUIET_ZONE)[0]
    assert root.attrib["width"] == str(modules * PIXELS_PER_MODULE)
