"""The documentation page in a browser: every operation is drawn, and no policy is broken."""

import json
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.conftest import a_desk
from tests.engines import sqlite_url
from tests.process import served

OPENAPI = json.loads((Path(__file__).parents[2] / "openapi" / "openapi.json").read_text())


def test_every_operation_is_drawn_without_a_complaint(browser: Browser, tmp_path: Path) -> None:
    operations = sum(len(methods) for methods in OPENAPI["paths"].values())
    with served(sqlite_url(tmp_path), tmp_path) as service:
        desk = a_desk(browser)
        desk.page.goto(f"{service.url}/docs")
        desk.page.locator(".opblock").nth(operations - 1).wait_for()
        assert desk.page.locator(".opblock").count() == operations
        desk.page.locator("#operations-Journal-createEntry").click()
        desk.page.get_by_text("The client makes the id").first.wait_for()
        assert desk.page.evaluate("window.policyReports") == []
        assert desk.complaints == []
        assert all(each.url.startswith(("data:", service.url)) for each in desk.asked)
        desk.context.close()
