"""Pictures of the viewer's states for the documentation: `make screenshots`.

From the running service: a synthetic journal, shared and opened as a clinician would.
"""

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any  # options of a browser context

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from app.demo.diary import synthetic_diary
from tests.browser.conftest import QUIET
from tests.browser.sharing_end import Share, SharingEnd, sharing_end
from tests.sharing.shared_journal import ALL_KINDS

LAST = date(2026, 5, 31)
SEED = 21
"""A journal with enough days to show what a full page looks like."""

SCOPE = {
    "kinds": ALL_KINDS,
    "from": "2026-02-01",
    "to": str(LAST),
    "include_notes": True,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 1480}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
VIEWS = {
    f"{name}-{scheme}": {**size, "color_scheme": scheme}
    for name, size in (("desktop", DESKTOP), ("phone", PHONE))
    for scheme in ("light", "dark")
}
COLOURS = 128


def _shared(end: SharingEnd, **draft: Any) -> Share:  # members of a draft
    return end.share(subject_name="Robin (synthetic)", scope=SCOPE, **draft)


def _form(browser: Browser, view: str, share: Share) -> Page:
    page = browser.new_context(**VIEWS[view]).new_page()
    page.goto(share.link)
    page.get_by_label("Your name").fill("Dr Lee")
    return page


def _open(page: Page, passcode: str | None) -> None:
    page.get_by_label("Passcode").fill(passcode or "")
    page.get_by_role("button", name="Open").click()


def _journal(browser: Browser, end: SharingEnd, view: str, folder: Path) -> None:
    """The open journal on its first screen; on paper once (needs `pdftoppm` of poppler)."""
    share = _shared(end)
    page = _form(browser, view, share)
    _take(page, folder / f"viewer-{view}-form.png")
    _open(page, share.passcode)
    page.locator("svg[role=img]").first.wait_for()
    page.mouse.move(0, 0)
    _take(page, folder / f"viewer-{view}.png")
    if view == "desktop-light":
        page.pdf(path=folder / "viewer-print.pdf", format="A4", prefer_css_page_size=True)
        _picture_paper(folder / "viewer-print.pdf")
        with page.expect_download() as waiting:
            page.get_by_role("button", name="PDF report").click()
        waiting.value.save_as(folder / "report.pdf")
        _picture_paper(folder / "report.pdf")
    page.context.close()


def _words(browser: Browser, end: SharingEnd, folder: Path) -> None:
    """The states that are words alone, on a phone."""
    view = "phone-light"
    share = _shared(end)
    page = _form(browser, view, share)
    _open(page, "WRONG999")
    page.get_by_role("alert").filter(has_text="tries").wait_for()
    _take(page, folder / "viewer-wrong-passcode.png")
    share.revoke()
    _open(page, share.passcode)
    page.get_by_role("heading", name="No longer valid").wait_for()
    _take(page, folder / "viewer-dead-link.png")
    page.goto(f"{end.origin}/view")
    _take(page, folder / "viewer-no-link.png")
    page.context.close()
    _idle(browser, end, folder, view)


def _idle(browser: Browser, end: SharingEnd, folder: Path, view: str) -> None:
    page = browser.new_context(**VIEWS[view]).new_page()
    page.clock.install()
    share = _shared(end)
    page.goto(share.link)
    page.get_by_label("Your name").fill("Dr Lee")
    _open(page, share.passcode)
    page.locator(".journal").wait_for()
    page.clock.fast_forward("09:01")
    page.get_by_role("dialog").wait_for()
    _take(page, folder / "viewer-still-there.png")
    page.clock.fast_forward("01:01")
    page.get_by_text("Closed for privacy").wait_for()
    _take(page, folder / "viewer-closed.png")
    page.context.close()


def _take(page: Page, path: Path) -> None:
    page.screenshot(path=path)
    _shrink(path)


def _picture_paper(printed: Path) -> None:
    """The first sheet as a picture beside the PDF, which does not stay."""
    name = printed.with_suffix("")
    subprocess.run(["pdftoppm", "-png", "-r", "80", "-singlefile", printed, name], check=True)
    printed.unlink()
    _shrink(printed.with_suffix(".png"))


def _shrink(path: Path) -> None:
    """Few colours keep the file small."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLOURS)
    few.save(path, optimize=True)


def main(folder: Path) -> None:
    """Make every picture, the printed copy and the report."""
    folder.mkdir(parents=True, exist_ok=True)
    path = os.environ.get("AFTERGLOW_CHROMIUM") or shutil.which("chromium")
    with sharing_end() as end, sync_playwright() as playwright:
        end.owner.write([dict(each.draft) for each in synthetic_diary(SEED, LAST).entries])
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        for view in VIEWS:
            _journal(browser, end, view, folder)
        _words(browser, end, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
