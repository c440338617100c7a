"""The dashboard in a real browser, as the running stack serves it: the sample shop and the real sales of a year."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.dashboard import browser, warehouse
from tests.dashboard.browser import PATHS, PATIENCE, metric, opened, url
from tests.dashboard.screenshots import LOOKS, picture
from tests.running_stack import RunningStack

SERIOUS = ("serious", "critical")
ROLES = ("eco_reader", "eco_reviewer")
CONTENT_WIDTH = "document.querySelector('[data-testid=stMain]').scrollWidth"


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures go: a folder of the test run, or the one that PICTURES names."""
    folder = Path(os.environ.get("PICTURES") or tmp_path_factory.mktemp("pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("look", LOOKS)
def test_a_page_is_drawn_without_error_for_all_to_read(
    chromium: Browser, full_shop: RunningStack, pictures: Path, path: str, look: str
) -> None:
    """Light, dark and on a phone; its picture is kept."""
    page = browser.new_page(chromium, **LOOKS[look])
    errors = opened(page, url(full_shop.dashboard_url, path))
    expect(page).to_have_title(re.compile("· Eco-commerce data platform$"))
    assert page.get_by_test_id("stException").count() == 0
    assert all(full_shop.environment_of(role)["ECO_DB_PASSWORD"] not in page.content() for role in ROLES)
    assert errors == []
    assert page.evaluate(CONTENT_WIDTH) <= LOOKS[look]["viewport"]["width"]
    picture(page, pictures / f"{path}-{look}.png")
    found = Axe().run(page).response["violations"]
    page.context.close()
    serious = [finding for finding in found if finding["impact"] in SERIOUS]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in serious] == []


def test_the_figures_are_those_of_the_database(page: Page, full_shop: RunningStack) -> None:
    opened(page, url(full_shop.dashboard_url, "sales", "period=All"))
    [total] = warehouse.totals(full_shop, "2000-01-01", "2100-01-01").values()
    assert metric(page, "Sale lines") == [f"{warehouse.sale_lines(full_shop):,}"]
    assert metric(page, "Units") == [f"{total['units']:,}"]
    assert metric(page, "Revenue, GBP") == warehouse.net_amounts(full_shop)
    expect(page.get_by_text("not an inventory")).to_be_visible()


def test_a_shared_address_opens_the_same_view(chromium: Browser, page: Page, full_shop: RunningStack) -> None:
    opened(page, url(full_shop.dashboard_url, "sales"))
    page.get_by_role("radio", name="All").click()
    page.wait_for_url("**period=All*")
    page.get_by_role("combobox", name="Country").click()
    page.get_by_role("option", name="Germany").click()
    page.wait_for_url("**country=Germany*")
    [total] = warehouse.totals(full_shop, "2000-01-01", "2100-01-01", country="Germany").values()
    units = page.get_by_test_id("stMetric").filter(has=page.get_by_text("Units", exact=True))
    expect(units.get_by_test_id("stMetricValue")).to_have_text(f"{total['units']:,}", timeout=PATIENCE)
    other = browser.new_page(chromium)
    opened(other, page.url)
    assert metric(other, "Units") == [f"{total['units']:,}"]
    other.context.close()


def test_failed_files_are_one_click_away(page: Page, full_shop: RunningStack) -> None:
    opened(page, full_shop.dashboard_url)
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="Show the failed files").click()
    failed = opening.value
    expect(failed.get_by_text("failed, and what to do")).to_be_visible(timeout=PATIENCE)
    assert failed.url.endswith("pipeline?status=FAILED")


def test_the_pages_are_reached_by_the_keyboard(page: Page, full_shop: RunningStack) -> None:
    opened(page, full_shop.dashboard_url)
    page.get_by_role("link", name="Storage").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Partitions", exact=True)).to_be_visible(timeout=PATIENCE)


def test_the_page_refreshes_itself(page: Page, full_shop: RunningStack) -> None:
    opened(page, full_shop.dashboard_url)
    line = page.get_by_text("As of").first
    before = line.inner_text()
    expect(line).not_to_have_text(before, timeout=PATIENCE)


def test_times_are_those_of_whoever_looks(page: Page, full_shop: RunningStack) -> None:
    opened(page, full_shop.dashboard_url)
    expect(page.get_by_text("Times are in America/Los_Angeles")).to_be_visible()


def test_runs_can_be_downloaded(page: Page, full_shop: RunningStack) -> None:
    opened(page, url(full_shop.dashboard_url, "pipeline"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV", exact=True).first.click()
    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("object_name,source,status,rows_read")
    assert len(lines) >= 1 + min(30, len(warehouse.newest_runs(full_shop)))


def test_real_sales_are_shown_as_the_database_has_them(
    page: Page, full_shop: RunningStack, online_retail: list[Path]
) -> None:
    loaded = full_shop.rows("SELECT object_name FROM eco.pipeline_run WHERE status = 'SUCCESS'")
    assert {run["object_name"] for run in loaded} >= {f"sales/online-retail/{file.name}" for file in online_retail}
    opened(page, url(full_shop.dashboard_url, "sales", "period=Custom&days=2010-12-01&days=2010-12-31"))
    [total] = warehouse.totals(full_shop, "2010-12-01", "2011-01-01").values()
    assert metric(page, "Sale lines") == [f"{total['lines']:,}"]
    assert metric(page, "Units") == [f"{total['units']:,}"]
    assert metric(page, "Revenue, GBP") == [f"GBP {total['net']:,.2f}"]
