"""From content to PDF, by a process that lives no longer than the page."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, time
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from pydantic_core import to_json

from app.telemetry import EVENTS
from app.trends.report.page import Page
from app.web.problems import Unavailable

TEMPLATE = Path(__file__).parent / "template"
TYPESETTER = Path(__file__).parent / "typesetter.py"

PATIENCE_SECONDS = 20.0
"""For one page, which takes some tenths of a second: then the process is ended."""


class NotTypeset(Exception):
    """This page cannot be set, now or later; the typesetter's own message would quote it."""


def typeset(page: Page, day: date) -> bytes:
    """A PDF that bears `day` as its only time stamp: the same page gives the same bytes.

    The page goes in as data, so that no text in it can be markup; the page's own fonts alone are
    used, for those of the machine must not change it. Blocks: for a worker thread. Raises
    NotTypeset, as for a name in letters that no font here has; Unavailable when the process came to
    grief, which says nothing of the page; and ImportError where there is no typesetter.
    """
    job = {
        "template": str(TEMPLATE / "report.typ"),
        "root": str(TEMPLATE),
        "fonts": str(files("fontpkg_source_sans_3") / "files"),
        "page": to_json(page).decode(),
        "stamp": datetime.combine(day, time(), UTC).isoformat(),
    }
    try:
        done = subprocess.run(  # noqa: S603  # our own file, and data on its standard input
            [sys.executable, "-s", "-P", str(TYPESETTER)],
            input=to_json(job),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": _packages()},
            process_group=0,  # whoever stops the service by keyboard lets it finish its answers
            timeout=PATIENCE_SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as grief:
        if isinstance(grief, subprocess.CalledProcessError) and grief.returncode == os.EX_DATAERR:
            raise NotTypeset from None
        EVENTS("typesetter.failed", "error", exception=type(grief).__name__)
        raise Unavailable from None
    return done.stdout


def _packages() -> str:
    """The folder that the typesetter is installed in. Raises ImportError."""
    found = find_spec("typst")
    if found is None or found.origin is None:
        raise ImportError("typst")
    return str(Path(found.origin).parents[1])
