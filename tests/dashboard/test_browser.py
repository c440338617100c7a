"""The page in a real browser, as the running stack serves it."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from local.install import BROWSERS
from tests.dashboard import warehouse
from tests.running_stack import RunningStack

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 60_000


@pytest.fixture
def page() -> Iterator[Page]:
    """A page whose browser is far from UTC: the days shown must not depend on it."""
    installed = next(filter(None, map(shutil.which, BROWSERS)), None)  # None: the one that Playwright installed
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=ARGUMENTS)
        yield browser.new_context(timezone_id="America/Los_Angeles").new_page()
        browser.close()


def opened(page: Page, stack: RunningStack, query: str) -> list[str]:
    """Open the dashboard, wait until it is drawn, and return the list into which console errors go."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{stack.dashboard_url}/?{query}")
    for section in ("Pipeline health", "Row accounting", "Sales and carbon"):
        expect(page.get_by_role("heading", name=section, exact=True)).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_test_id("stVegaLiteChart").last.locator("canvas, svg").first).to_be_visible(timeout=PATIENCE)
    return errors


def metric(page: Page, label: str) -> list[str]:
    """The values of the metrics with this label."""
    found = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True))
    return found.get_by_test_id("stMetricValue").all_inner_texts()


def test_the_page_shows_what_the_database_holds(page: Page, shop: RunningStack) -> None:
    errors = opened(page, shop, "period=All")
    expect(page).to_have_title("Eco-commerce data platform")
    assert metric(page, "Sale lines") == [f"{warehouse.sale_lines(shop):,}"]
    assert metric(page, "Net amount") == warehouse.net_amounts(shop)
    assert metric(page, "Files loaded") == [f"{warehouse.runs_with(shop, 'SUCCESS'):,}"]
    expect(page.get_by_text(f"{warehouse.rows_read(shop):,} rows read", exact=True)).to_be_visible()
    expect(page.get_by_text("not an inventory")).to_be_visible()
    assert page.get_by_test_id("stException").count() == 0
    assert errors == []


def test_the_page_gives_no_secret_away(page: Page, shop: RunningStack) -> None:
    opened(page, shop, "")
    assert shop.environment_of("eco_reader")["ECO_DB_PASSWORD"] not in page.content()


def test_failed_files_are_one_click_away(page: Page, shop: RunningStack) -> None:
    opened(page, shop, "source=sales")
    page.get_by_role("button", name="Show the failed files").click()
    expect(page.get_by_text("failed, and what to do")).to_be_visible(timeout=PATIENCE)
    page.wait_for_url("**status=FAILED*")
    assert "source=" not in page.url


def test_the_page_refreshes_itself(page: Page, shop: RunningStack) -> None:
    opened(page, shop, "")
    caption = page.get_by_text("As of").first
    before = caption.inner_text()
    expect(caption).not_to_have_text(before, timeout=PATIENCE)


def test_runs_can_be_downloaded(page: Page, shop: RunningStack) -> None:
    opened(page, shop, "")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV", exact=True).click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("object_name,source,status,rows_read")
    assert len(lines) >= 1 + min(30, len(warehouse.newest_runs(shop)))
