"""A real browser, the real service, and a watch over all that leaves the page."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any  # playwright's context options are free keywords

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from tests.browser.bundles import a_bundle
from tests.browser.diary import a_diary
from tests.browser.sharing_end import BUILT, Share, SharingEnd, sharing_end

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
LISTEN = """
window.policyReports = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.policyReports.push(event.violatedDirective + " " + event.blockedURI);
});
"""


def _chromium() -> str | None:
    return os.environ.get("AFTERGLOW_CHROMIUM") or shutil.which("chromium")


def _absent(what: str) -> None:
    """A desk may lack a browser; the CI may not."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


# Not wider than this package: while playwright runs, its loop occupies the main thread, and the
# async tests of other packages could not start theirs.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Headless Chromium, from AFTERGLOW_CHROMIUM or the path."""
    path = _chromium()
    if path is None:
        _absent("no chromium on this machine")
    if not (BUILT / "index.html").exists():
        _absent("the viewer is not built: npm ci && npm run build in viewer/")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def end() -> Iterator[SharingEnd]:
    """The running service with its real page and headers."""
    with sharing_end() as serving:
        yield serving


@pytest.fixture(scope="package")
def bundle() -> dict[str, Any]:  # free JSON
    """120 days and 9 sessions."""
    return a_bundle(a_diary())


@dataclass
class Desk:
    """One browser window and everything it asked for or complained about."""

    context: BrowserContext
    page: Page
    asked: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def follow(self, link: str) -> None:
        """Open a link and wait for the page's first words."""
        self.page.goto(link)
        self.page.locator("h1").wait_for()

    def open(self, share: Share, *, passcode: str | None = None, wait: bool = True) -> None:
        """Follow a link, fill in the form, press Open."""
        self.follow(share.link)
        self.press_open(passcode or share.passcode)
        if wait:
            self.see_journal()

    def see_journal(self) -> None:
        """Wait for the journal and its charts, which are drawn once they know their width."""
        self.page.locator(".journal").wait_for()
        self.page.locator(".chart:empty").first.wait_for(state="detached")

    def press_open(self, passcode: str | None) -> None:
        """Fill in the form that is shown and press Open."""
        self.page.get_by_label("Your name").fill("Dr Lee")
        if passcode is not None:
            self.page.get_by_label("Passcode").fill(passcode)
        self.page.get_by_role("button", name="Open").click()

    def words(self) -> str:
        """All text of the page."""
        return self.page.locator("body").inner_text()


def a_desk(browser: Browser, **options: Any) -> Desk:  # options of a browser context
    """A new window under watch."""
    context = browser.new_context(**options)
    context.add_init_script(LISTEN)
    desk = Desk(context, context.new_page())
    # playwright marks its listeners, which a method of a list does not bear.
    desk.page.on("request", lambda request: desk.asked.append(request))  # noqa: PLW0108
    desk.page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    desk.page.on("console", lambda said: desk.complaints.append(said.text))
    return desk


@pytest.fixture
def desk(browser: Browser) -> Iterator[Desk]:
    """A desktop window, closed after the test."""
    opened = a_desk(browser, viewport={"width": 1200, "height": 900})
    yield opened
    opened.context.close()


def downloaded(desk: Desk, name: str) -> bytes:
    """What a button of the open journal hands out."""
    with desk.page.expect_download() as waiting:
        desk.page.get_by_role("button", name=name).click()
    return waiting.value.path().read_bytes()


def watch_drawing(desk: Desk) -> None:
    """Note in the page when the Bundle is decrypted and when its first drawing is on screen."""
    desk.page.evaluate(
        """() => {
          const page = document.getElementById("page");
          new MutationObserver(() => {
            if (window.drawn || !document.querySelector("svg[role=img]")) return;
            requestAnimationFrame(() => setTimeout(() => { window.drawn = performance.now(); }));
          }).observe(page, { childList: true, subtree: true });
          const parse = JSON.parse;
          JSON.parse = (text) => {
            if (text.startsWith('{"resourceType"')) window.decrypted = performance.now();
            return parse(text);
          };
        }"""
    )


def drawing_time(desk: Desk) -> float:
    """Milliseconds from the decrypted text to the drawn page."""
    took: float = desk.page.evaluate(
        "async () => { while (!window.drawn) await new Promise((go) => setTimeout(go, 10));"
        " return window.drawn - window.decrypted; }"
    )
    return took
