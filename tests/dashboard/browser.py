"""The dashboard in a real browser: Debian's Chromium, or the one that Playwright installed."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Route, expect, sync_playwright

from local.install import BROWSERS

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 120_000
PATHS = ("overview", "pipeline", "quality", "review", "sales", "storage", "upload")
PROBE = re.compile(rf"/(?:{'|'.join(PATHS)})/_stcore/")
DESKTOP = {"width": 1280, "height": 900}
HEAD_PIXELS, ROW_PIXELS, ROW_BOX_X = 36, 35, 18  # of a table
TRIES = 3
PHONE = {"width": 390, "height": 844}


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """A browser that is closed again."""
    installed = next(filter(None, map(shutil.which, BROWSERS)), None)  # None: the one that Playwright installed
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=ARGUMENTS)
        yield browser
        browser.close()


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Somebody who was never here, far from UTC: the days shown must not depend on it."""
    return browser.new_context(**{"timezone_id": "America/Los_Angeles", "viewport": DESKTOP, **options})


def new_page(browser: Browser, **options: Any) -> Page:
    """A page of such a visitor."""
    page = new_context(browser, **options).new_page()
    page.set_default_timeout(PATIENCE)
    # Chromium gives up whatever it is fetching when a network interface comes or goes, as those of containers do.
    page.route("**/static/**", _fulfill)
    return page


def _fulfill(route: Route) -> None:
    with contextlib.suppress(Error):  # the page may be closed meanwhile
        route.fulfill(response=route.fetch(timeout=PATIENCE, max_retries=TRIES))


def url(base: str, path: str, query: str = "") -> str:
    """The address of a page; the first one is that of the dashboard itself."""
    return f"{base}/{'' if path == PATHS[0] else path}{'?' if query else ''}{query}"


def opened(page: Page, address: str) -> list[str]:
    """Open an address, wait until it is drawn, and return the list into which console errors go."""
    errors: list[str] = []

    def noted(message: ConsoleMessage) -> None:
        if _is_wrong(message):
            errors.append(f"{message.text} {message.location['url']}")

    page.on("console", noted)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    settled(page)
    return errors


def _is_wrong(message: ConsoleMessage) -> bool:
    """Whether a message is an error; not that Streamlit asks below a page's path first where its server is."""
    return message.type == "error" and not PROBE.search(message.location["url"])


def settled(page: Page) -> None:
    """Wait until the page is drawn to its end, charts included."""
    expect(page.get_by_text("Times are in")).to_be_visible(timeout=PATIENCE)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=PATIENCE)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE)
    for chart in page.get_by_test_id("stVegaLiteChart").all():
        expect(chart.locator("canvas, svg").first).to_be_attached(timeout=PATIENCE)


def log_in(page: Page, name: str, password: str) -> None:
    """Log in by an account of this machine, on a page that needs one."""
    page.get_by_text("Log in to").first.click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


def choose_row(page: Page, number: int) -> None:
    """Tick the box of a row of the first table, counted from 0. Its cells are drawn, and no elements of the page."""
    table = page.get_by_test_id("stDataFrame").first
    expect(table).to_be_visible(timeout=PATIENCE)
    table.scroll_into_view_if_needed()
    settled(page)
    table.get_by_test_id("stDataFrameResizable").click(
        position={"x": ROW_BOX_X, "y": HEAD_PIXELS + ROW_PIXELS * (number + 0.5)}
    )


def metric(page: Page, label: str) -> list[str]:
    """The values of the metrics with this label."""
    found = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True))
    return found.get_by_test_id("stMetricValue").all_inner_texts()
