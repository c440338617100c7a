"""A reviewer at work in a real browser: what is released is in the revenue, what is sent is in the warehouse."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.exc import DBAPIError

from functions.settings import Settings
from functions.warehouse import connect
from tests.dashboard import browser, warehouse
from tests.dashboard.browser import PATIENCE, choose_row, log_in, opened, settled, url
from tests.dashboard.conftest import Account
from tests.running_stack import RunningStack
from tests.warehouse.files import sale, sales

LOADED = re.compile("1 row loaded in the warehouse")
AT = "2026-06-15T10:00:00Z"


def review(page: Page, shop: RunningStack, reviewer: Account, query: str) -> None:
    """The page Review for whoever may decide, with a filter."""
    opened(page, url(shop.dashboard_url, "review", query))
    log_in(page, reviewer.name, reviewer.password)
    expect(page.get_by_text(f"Logged in as {reviewer.name}")).to_be_visible(timeout=PATIENCE)
    settled(page)


def sent(shop: RunningStack, folder: Path, name: str, *lines: str) -> str:
    """Upload sales; the name of their object."""
    file = folder / name
    file.write_text(sales(*lines))
    [result] = shop.upload(file, prefix="sales/")
    assert result["status"] == "SUCCESS"
    return f"sales/{name}"


def entry(shop: RunningStack, name: str) -> dict[str, Any]:
    """The one row of a file that can be reviewed."""
    [found] = shop.rows(
        "SELECT entry.* FROM eco.quality_log AS entry JOIN eco.pipeline_run USING (run_id)"
        " WHERE object_name = :name AND review_state IS NOT NULL",
        name=name,
    )
    return found


def states(shop: RunningStack, name: str) -> set[str]:
    """In which states the rows of a file are."""
    log = "SELECT review_state AS state FROM eco.quality_log JOIN eco.pipeline_run USING (run_id)"
    return {row["state"] for row in shop.rows(f"{log} WHERE object_name = :name", name=name)}


def usual(order: str) -> list[str]:
    """Twenty lines of a product that nobody else sells, by which its next line is judged."""
    return [sale(order, line, AT, f"P-{order}", "", quantity=line % 3 + 1) for line in range(1, 21)]


def revenue(shop: RunningStack) -> Decimal:
    return Decimal(warehouse.totals(shop, "2000-01-01", "2100-01-01")["GBP"]["net"])  # type: ignore[arg-type] # a sum


def test_a_held_row_is_released_and_the_revenue_grows_by_it(
    page: Page, shop: RunningStack, reviewer: Account, tmp_path: Path
) -> None:
    name = sent(shop, tmp_path, "held.csv", *usual("H1"), sale("H2", 1, AT, "P-H1", "", price="1000"))
    before = revenue(shop)
    review(page, shop, reviewer, f"run={name}")
    choose_row(page, 0)
    expect(page.get_by_text("Why: unit price 1,000.00 is 100 times the usual 10.00 for P-H1")).to_be_visible(
        timeout=PATIENCE
    )
    expect(page.get_by_text(re.compile("unit price 1,000, usually 10 to 10"))).to_be_visible(timeout=PATIENCE)
    page.get_by_label("Why (kept with the decision)").first.fill("a bulk order")
    page.get_by_role("button", name="Release 1 row").click()
    expect(page.get_by_text(LOADED)).to_be_visible(timeout=PATIENCE)
    assert revenue(shop) - before == Decimal(1000)
    row = entry(shop, name)
    assert (row["review_state"], row["reviewed_by"], row["review_note"]) == ("loaded", reviewer.name, "a bulk order")
    total = f"GBP {revenue(shop):,.2f}"
    opened(page, url(shop.dashboard_url, "sales", "period=All"))
    shown = page.get_by_test_id("stMetric").filter(has=page.get_by_text("Revenue, GBP", exact=True))
    expect(shown.get_by_test_id("stMetricValue")).to_have_text(total, timeout=PATIENCE)


def test_a_rejected_row_is_corrected_and_released(
    page: Page, shop: RunningStack, reviewer: Account, tmp_path: Path
) -> None:
    name = sent(shop, tmp_path, "rejected.csv", sale("R1", 1, AT, "P-R1", "", quantity="two", price="7"))
    before = revenue(shop)
    review(page, shop, reviewer, f"run={name}")
    choose_row(page, 0)
    page.get_by_test_id("stExpander").get_by_text("Correct and release").first.click()
    quantity = page.get_by_label("quantity", exact=True)
    quantity.fill("many")
    settled(page)  # what is drawn above the button moves it
    page.get_by_role("button", name="Correct and release").click()
    expect(page.get_by_text("would still break its contract")).to_be_visible(timeout=PATIENCE)
    assert entry(shop, name)["review_state"] == "open"
    quantity.fill("2")
    page.get_by_role("button", name="Correct and release").click()
    expect(page.get_by_text(LOADED)).to_be_visible(timeout=PATIENCE)
    assert revenue(shop) - before == Decimal(14)


def test_rows_are_dismissed_together_and_that_is_taken_back(
    page: Page, shop: RunningStack, reviewer: Account, tmp_path: Path
) -> None:
    lines = [sale("D1", line, AT, "P-D1", "", quantity="x") for line in (1, 2, 3)]
    name = sent(shop, tmp_path, "dismissed.csv", *lines)
    review(page, shop, reviewer, f"run={name}")
    page.get_by_text("All 3 that the filters find").click()
    page.get_by_role("button", name="Dismiss 3 rows").click()
    expect(page.get_by_text("3 rows: dismissed")).to_be_visible(timeout=PATIENCE)
    assert states(shop, name) == {"dismissed"}
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("3 rows: open again")).to_be_visible(timeout=PATIENCE)
    assert states(shop, name) == {"open"}


def test_who_is_not_logged_in_reads_and_decides_nothing(page: Page, shop: RunningStack, reviewer: Account) -> None:
    opened(page, url(shop.dashboard_url, "review"))
    log_in(page, reviewer.name, "not her password")
    expect(page.get_by_text("No account has that name and password")).to_be_visible(timeout=PATIENCE)
    choose_row(page, 0)
    expect(page.get_by_text("Why:")).to_be_visible(timeout=PATIENCE)
    for word in ("Release", "Dismiss", "Undo", "Correct"):
        expect(page.get_by_role("button", name=re.compile(word))).to_have_count(0)


def test_the_roles_that_the_dashboard_has_write_nothing_but_decisions(shop: RunningStack) -> None:
    """Whatever a visitor gets it to do: the passwords in its environment allow no more."""
    for role, statement in (
        ("eco_reader", "SELECT * FROM eco.review(ARRAY[1], 'release', 'nobody')"),
        ("eco_reader", "UPDATE eco.quality_log SET review_state = 'released'"),
        ("eco_reviewer", "UPDATE eco.quality_log SET review_state = 'released'"),
        ("eco_reviewer", "DELETE FROM eco.fact_sales"),
        ("eco_reviewer", "UPDATE eco.daily_sales SET units = 0"),
    ):
        environment = shop.environment_of(role)
        with (
            pytest.raises(DBAPIError, match="42501"),
            connect(Settings.from_environment(environment)).engine.begin() as connection,
        ):
            connection.execute(sqlalchemy.text(statement))


def test_a_file_is_previewed_sent_and_watched(
    chromium: Browser, shop: RunningStack, reviewer: Account, tmp_path: Path
) -> None:
    lines = [*usual("U1"), sale("U2", 1, AT, "P-U1", "", price="1000"), sale("U3", 1, AT, "P-U1", "", quantity="x")]
    file = tmp_path / "from the browser.csv"
    file.write_text(sales(*lines))
    page = browser.new_page(chromium)
    errors = opened(page, url(shop.dashboard_url, "upload"))
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("sales/from the browser.csv")).to_be_visible(timeout=PATIENCE)
    settled(page)
    seen = {
        name: browser.metric(page, name) for name in ("Rows read", "Would go on", "Would be rejected", "Would be held")
    }
    assert seen == {"Rows read": ["22"], "Would go on": ["20"], "Would be rejected": ["1"], "Would be held": ["1"]}
    expect(page.get_by_role("button", name="Send it")).to_have_count(0)
    log_in(page, reviewer.name, reviewer.password)
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("All its rows are accounted for")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("SUCCESS", exact=True)).to_be_visible()
    [run] = shop.rows("SELECT * FROM eco.pipeline_run WHERE object_name = 'sales/from the browser.csv'")
    counts = [run[f"rows_{name}"] for name in ("read", "loaded", "rejected", "held")]
    assert (run["status"], counts) == ("SUCCESS", [22, 20, 1, 1])
    assert errors == []
    page.context.close()
