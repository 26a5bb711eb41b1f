"""The process that sets one page: a job comes in, a PDF goes out, and nothing is left of it.

`typesetting` runs this file by itself: the compiler inherits no memory, no open file and no
environment of the service. It must import nothing of `app`.
"""

import json
import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from typst import Compiler, Fonts, TypstError

if TYPE_CHECKING:
    from typst import PDFStandard

STANDARDS: "list[PDFStandard]" = ["a-2a", "ua-1"]
"""Archivable (PDF/A-2a) and accessible (PDF/UA-1): both demand tags and embedded fonts."""


def main() -> int:
    """The exit code: EX_DATAERR for a page that cannot be set, of which the reason is not told."""
    job = json.load(sys.stdin.buffer)
    compiler = Compiler(
        job["template"],
        root=job["root"],
        font_paths=Fonts(include_system_fonts=False, font_paths=[job["fonts"]]),
        sys_inputs={"page": job["page"]},
    )
    stamp = datetime.fromisoformat(job["stamp"])
    try:
        pdf = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=stamp)
    except TypstError:  # its words would quote the page
        return os.EX_DATAERR
    if not isinstance(pdf, bytes):
        return os.EX_DATAERR
    sys.stdout.buffer.write(pdf)
    return os.EX_OK


if __name__ == "__main__":
    sys.exit(main())
