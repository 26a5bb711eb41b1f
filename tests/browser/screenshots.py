"""Pictures of the viewer for the documentation: `python -m tests.browser.screenshots FOLDER`."""

import os
import shutil
import sys
from pathlib import Path
from typing import Any  # options of a browser context

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.bundles import a_bundle
from tests.browser.conftest import QUIET
from tests.browser.diary import a_diary
from tests.browser.sharing_end import SharingEnd, sharing_end

VIEWS: dict[str, dict[str, Any]] = {
    "desktop-light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "desktop-dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone-light": {
        "viewport": {"width": 390, "height": 844},
        "color_scheme": "light",
        "device_scale_factor": 2,
    },
    "phone-dark": {
        "viewport": {"width": 390, "height": 844},
        "color_scheme": "dark",
        "device_scale_factor": 2,
    },
}


def _opened(browser: Browser, end: SharingEnd, folder: Path, name: str) -> Page:
    """The journal on screen; the form before it is pictured on the way."""
    share = end.publish(a_bundle(a_diary(), name="Robin (synthetic)"))
    page = browser.new_context(**VIEWS[name]).new_page()
    page.goto(share.link)
    page.get_by_label("Your name").fill("Dr Lee")
    page.screenshot(path=folder / f"viewer-{name}-form.png")
    page.get_by_label("Passcode").fill(share.passcode or "")
    page.get_by_role("button", name="Open").click()
    page.locator("svg[role=img]").first.wait_for()
    page.mouse.move(0, 0)
    return page


def main(folder: Path) -> None:
    """Make every picture, and the printed copy as PDF."""
    folder.mkdir(parents=True, exist_ok=True)
    path = os.environ.get("AFTERGLOW_CHROMIUM") or shutil.which("chromium")
    with sharing_end() as end, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        for name in VIEWS:
            page = _opened(browser, end, folder, name)
            page.screenshot(path=folder / f"viewer-{name}.png")
            page.screenshot(path=folder / f"viewer-{name}-whole.png", full_page=True)
            if name == "desktop-light":
                page.pdf(path=folder / "viewer-print.pdf", format="A4", prefer_css_page_size=True)
            page.context.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images"))
