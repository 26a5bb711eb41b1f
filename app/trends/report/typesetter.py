"""The process that sets one page: a job comes in, a PDF goes out, and nothing is left of it.

`typesetting` runs this file by itself, so that the compiler shares no memory, no key and no
environment with the service; it must import nothing of `app`.
"""

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from typst import Compiler, Fonts

if TYPE_CHECKING:
    from typst import PDFStandard

STANDARDS: "list[PDFStandard]" = ["a-2a", "ua-1"]
"""Archivable (PDF/A-2a) and accessible (PDF/UA-1): both demand tags and embedded fonts."""


def main() -> None:
    """Raises TypstError, of whose words nobody hears: they would quote the page."""
    job = json.load(sys.stdin.buffer)
    compiler = Compiler(
        job["template"],
        root=job["root"],
        font_paths=Fonts(include_system_fonts=False, font_paths=[job["fonts"]]),
        sys_inputs={"page": job["page"]},
    )
    stamp = datetime.fromisoformat(job["stamp"])
    pdf = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=stamp)
    if not isinstance(pdf, bytes):
        raise TypeError
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
